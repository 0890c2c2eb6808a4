package dev.sallyport.protocols.postgres.canary;

/** What the place in a query is in which an expression stands. */
enum Use {
    /** Nothing that derives from a masked column may stand here. */
    CLEAN,
    /** What stands here flows to the answer. */
    CARRIED,
    /** What stands here decides something, and a masked column may do so. */
    TESTED
}
