package dev.sallyport.core.policy;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.Map;
import java.util.Optional;

/** The shape of what conditions can name, so that a misspelled field is found when the condition is read. */
final class ConditionTypes {
    private static final CelType STRINGS = ListType.create(SimpleType.STRING);

    static final StructType IDENTITY = struct(
            "Identity",
            Map.of(
                    "issuer", SimpleType.STRING,
                    "subject", SimpleType.STRING,
                    "client", SimpleType.STRING,
                    "principal", SimpleType.STRING,
                    "groups", STRINGS,
                    "actors", STRINGS,
                    "claims", MapType.create(SimpleType.STRING, SimpleType.DYN)));

    static final StructType TARGET = struct(
            "Target", Map.of("name", SimpleType.STRING, "protocol", SimpleType.STRING, "database", SimpleType.STRING));

    static final StructType EFFECT = struct(
            "Effect",
            Map.of(
                    "action", SimpleType.STRING,
                    "object", SimpleType.STRING,
                    "kind", SimpleType.STRING,
                    "name", SimpleType.STRING,
                    "filtered", SimpleType.BOOL));

    static final StructType COLUMN =
            struct("Column", Map.of("table", SimpleType.STRING, "column", SimpleType.STRING, "use", SimpleType.STRING));

    static final StructType COMMAND = struct(
            "Command",
            Map.of(
                    "text",
                    SimpleType.STRING,
                    "effects",
                    ListType.create(EFFECT),
                    "tables",
                    STRINGS,
                    "columns",
                    ListType.create(COLUMN),
                    "inTransaction",
                    SimpleType.BOOL,
                    "parameterCount",
                    SimpleType.INT));

    static final CelTypeProvider PROVIDER = new Provider();

    private ConditionTypes() {}

    private static StructType struct(String name, Map<String, CelType> types) {
        ImmutableMap<String, CelType> fields = ImmutableMap.copyOf(types);
        return StructType.create("sallyport." + name, fields.keySet(), field -> Optional.ofNullable(fields.get(field)));
    }

    private static final class Provider implements CelTypeProvider {
        private static final ImmutableList<CelType> TYPES = ImmutableList.of(IDENTITY, TARGET, EFFECT, COLUMN, COMMAND);

        @Override
        public ImmutableCollection<CelType> types() {
            return TYPES;
        }

        @Override
        public Optional<CelType> findType(String name) {
            return TYPES.stream().filter(type -> type.name().equals(name)).findFirst();
        }
    }
}
