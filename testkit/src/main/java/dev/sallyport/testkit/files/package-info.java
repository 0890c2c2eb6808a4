/** Files that tests make and take away again. */
@org.jspecify.annotations.NullMarked
package dev.sallyport.testkit.files;
