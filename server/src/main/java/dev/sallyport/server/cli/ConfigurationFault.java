package dev.sallyport.server.cli;

import dev.sallyport.server.config.Fault;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that does not validate: every fault on a line of its own, exit code 2. */
final class ConfigurationFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    ConfigurationFault(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining(System.lineSeparator())));
    }
}
