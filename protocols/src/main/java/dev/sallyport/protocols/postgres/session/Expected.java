package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.session.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message that went to the target and has to be answered. The target answers them in order. */
sealed interface Expected {

    record Parsing(Prepared prepared) implements Expected {}

    record Binding(Portal portal) implements Expected {}

    /** @param own whether the gateway asked, and so swallows the answer */
    record DescribingStatement(@Nullable Prepared prepared, boolean own) implements Expected {}

    /** @param own whether the gateway asked, and so swallows the answer */
    record DescribingPortal(@Nullable Portal portal, boolean own) implements Expected {}

    /** @param doomed what the name may have stood for when it was closed */
    record ClosingStatement(String name, List<Prepared> doomed) implements Expected {}

    /** @param doomed what the name may have stood for when it was closed */
    record ClosingPortal(String name, List<Portal> doomed) implements Expected {}

    record Executing(Answer answer, @Nullable Portal portal) implements Expected {}

    record Querying(Answer answer) implements Expected {}

    record Syncing() implements Expected {}

    /**
     * A message that is bound to fail stands where a refused one stood, so that the target rolls back what it has to.
     *
     * @param simple whether it stands for a simple query, and so is followed by its own ReadyForQuery
     */
    record Refusing(Refusal refusal, boolean simple) implements Expected {}

    /** The gateway's own question for the search path. */
    record ReadingNames() implements Expected {}
}
