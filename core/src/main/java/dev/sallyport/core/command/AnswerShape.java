package dev.sallyport.core.command;

/** In which form the answer of a command comes, as far as masking has to know before it runs. */
public enum AnswerShape {
    /** Nothing but a completion, or rows whose columns the protocol describes one by one. */
    DESCRIBED,
    /** A stream of one table's columns, in an order that the command itself tells (COPY of a table). */
    TABLE_STREAM,
    /** A stream of a query's columns: what each derives from is known, but not their names (COPY of a query). */
    QUERY_STREAM,
    /** A stream of columns of which nothing is known. */
    OPAQUE_STREAM
}
