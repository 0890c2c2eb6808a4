/** Ports for servers that a test starts, and ports where none will ever answer. */
@org.jspecify.annotations.NullMarked
package dev.sallyport.testkit.ports;
