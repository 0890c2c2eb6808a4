package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.session.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message that went to the target and has to be answered. The target answers them in order. */
sealed interface Expected {

    /** The answer to the command that it is, or null where it is none. */
    default @Nullable Answer answer() {
        return null;
    }

    /** Whether a ReadyForQuery answers it, so that what fails before it has no bearing on what comes behind. */
    default boolean endsGroup() {
        return false;
    }

    record Parsing(Prepared prepared) implements Expected {}

    record Binding(Portal portal) implements Expected {}

    /** @param own whether the gateway asked, and so swallows the answer */
    record DescribingStatement(@Nullable Prepared prepared, boolean own) implements Expected {}

    /** @param own whether the gateway asked, and so swallows the answer */
    record DescribingPortal(@Nullable Portal portal, boolean own) implements Expected {}

    /** @param doomed what the name may have stood for when it was closed */
    record ClosingStatement(List<Prepared> doomed) implements Expected {}

    /** @param doomed what the name may have stood for when it was closed */
    record ClosingPortal(List<Portal> doomed) implements Expected {}

    record Executing(Answer answer, @Nullable Portal portal) implements Expected {}

    record Querying(Answer answer) implements Expected {
        @Override
        public boolean endsGroup() {
            return true;
        }
    }

    record Syncing() implements Expected {
        @Override
        public boolean endsGroup() {
            return true;
        }
    }

    /**
     * A message that is bound to fail stands where a refused one stood, so that the target rolls back what it has to.
     *
     * @param simple whether it stands for a simple query, and so is followed by its own ReadyForQuery
     */
    record Refusing(Refusal refusal, boolean simple) implements Expected {
        @Override
        public boolean endsGroup() {
            return simple;
        }
    }

    /** The gateway's own question for the search path. */
    record ReadingNames() implements Expected {
        @Override
        public boolean endsGroup() {
            return true;
        }
    }
}
