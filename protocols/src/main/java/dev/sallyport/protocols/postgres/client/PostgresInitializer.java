package dev.sallyport.protocols.postgres.client;

import dev.sallyport.net.Deadline;
import dev.sallyport.protocols.postgres.session.CancelKeys;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;

/** What a {@link dev.sallyport.net.Listener} puts into the pipeline of each client that it accepts. */
@Sharable
public final class PostgresInitializer extends ChannelInitializer<SocketChannel> {
    private final PostgresServices services;
    private final ListenerTerms terms;
    private final CancelKeys keys;

    /** @param keys shared by all listeners, since a client may send its cancel request to any of them */
    public PostgresInitializer(PostgresServices services, ListenerTerms terms, CancelKeys keys) {
        this.services = services;
        this.terms = terms;
        this.keys = keys;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        StartupHandler.Terms greeting =
                new StartupHandler.Terms(terms.tls(), terms.oauthBearer(), terms.discoveryUrl(), terms.scope());
        channel.pipeline()
                .addLast("deadline", Deadline.closing(services.authenticationTimeout()))
                .addLast("start-up", new StartupHandler(greeting, new ConnectionOpening(services, terms, keys)));
    }
}
