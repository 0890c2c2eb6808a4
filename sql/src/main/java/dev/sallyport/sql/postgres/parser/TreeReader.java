package dev.sallyport.sql.postgres.parser;

import dev.sallyport.sql.postgres.parser.ParseResult.Failed;
import dev.sallyport.sql.postgres.parser.ParseResult.Failure;
import dev.sallyport.sql.postgres.parser.ParseResult.Parsed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes statements out of libpg_query's JSON: {@code {"version": …, "stmts": [RawStmt…]}}. */
final class TreeReader {

    private final JsonMapper mapper;
    private final int maxDepth;

    TreeReader(ParserLimits limits) {
        maxDepth = limits.maxTreeDepth();
        mapper = new JsonMapper(JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(maxDepth)
                        .maxTokenCount(limits.maxTreeTokens())
                        .maxStringLength(limits.maxTreeBytes())
                        .maxDocumentLength(limits.maxTreeBytes())
                        .build())
                .build());
    }

    /** @throws RuntimeException if it is not the JSON that libpg_query writes */
    ParseResult read(ByteBuffer json, SqlText text) {
        try (JsonParser parser = mapper.createParser(json.array(), json.arrayOffset(), json.limit())) {
            JsonNode root;
            try {
                root = mapper.readTree(parser);
            } catch (StreamConstraintsException e) {
                return parser.streamReadContext().getNestingDepth() >= maxDepth
                        ? new Failed(Failure.TOO_DEEP, "the statement nests too deeply", -1)
                        : new Failed(Failure.TOO_LARGE, "the statement has too many parts", -1);
            }
            return new Parsed(statements(root, text));
        } catch (JacksonException e) {
            // Jackson's message quotes the document, and with it the client's values.
            throw new IllegalStateException(
                    "the tree is not JSON: " + e.getClass().getSimpleName());
        }
    }

    private static List<RawStatement> statements(JsonNode root, SqlText text) {
        JsonNode list = root.path("stmts");
        if (!list.isArray()) {
            throw new IllegalStateException("the tree has no statements");
        }
        SqlText.Walk walk = text.walk();
        List<RawStatement> statements = new ArrayList<>(list.size());
        for (JsonNode raw : list) {
            int start = raw.path("stmt_location").asInt(0);
            // Nought, and therefore left out, when the statement reaches to the end of the text.
            int bytes = raw.path("stmt_len").asInt(0);
            int startChar = walk.charOfByte(start);
            int endChar = walk.charOfByte(bytes == 0 ? text.utf8().length : start + bytes);
            statements.add(new RawStatement(raw.path("stmt"), startChar, endChar - startChar));
        }
        return statements;
    }
}
