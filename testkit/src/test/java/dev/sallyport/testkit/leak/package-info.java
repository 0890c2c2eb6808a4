@org.jspecify.annotations.NullMarked
package dev.sallyport.testkit.leak;
