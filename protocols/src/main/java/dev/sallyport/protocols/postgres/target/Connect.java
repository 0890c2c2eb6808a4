package dev.sallyport.protocols.postgres.target;

import dev.sallyport.core.target.Target;
import dev.sallyport.net.ConnectionBudget;
import dev.sallyport.net.ConnectionBudget.Permit;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One connection being opened, step by step on its event loop. Whatever ends it early, the channel is closed and the
 * permit given back, by the one listener on the future.
 */
final class Connect {
    private final TargetConnector connector;
    private final ConnectionBudget budget;
    private final Target target;
    private final EventLoop loop;
    private final Map<String, String> parameters;
    private final Promise<TargetConnection> promise;
    private final long deadlineNanos;
    private String step = "waiting for a free connection";
    private @Nullable Future<?> pending;
    private @Nullable Permit permit;
    private @Nullable Channel channel;

    Connect(TargetConnector connector, ConnectionBudget budget, EventLoop loop, Map<String, String> parameters) {
        this.connector = connector;
        this.budget = budget;
        this.target = connector.target();
        this.loop = loop;
        this.parameters = parameters;
        this.promise = loop.newPromise();
        this.deadlineNanos = System.nanoTime() + target.connectTimeout().toNanos();
    }

    Future<TargetConnection> start() {
        loop.execute(this::acquire);
        return promise;
    }

    private void acquire() {
        Duration timeout = target.connectTimeout();
        var timer = loop.schedule(this::timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
        promise.addListener(done -> {
            timer.cancel(false);
            if (!done.isSuccess()) {
                abandon();
            }
        });
        Future<Permit> acquiring = budget.acquire(loop, timeout);
        pending = acquiring;
        acquiring.addListener(acquired -> {
            if (!acquired.isSuccess()) {
                fail(new TargetFailure.BudgetExhausted(
                        String.valueOf(acquired.cause().getMessage())));
            } else if (promise.isDone()) {
                acquiring.getNow().close();
            } else {
                permit = acquiring.getNow();
                dial(connector.version());
            }
        });
    }

    private void timedOut() {
        String detail = "after " + target.connectTimeout() + ", while " + step;
        fail(permit == null ? new TargetFailure.BudgetExhausted(detail) : new TargetFailure.Timeout(detail));
    }

    private void abandon() {
        if (pending != null) {
            pending.cancel(false);
        }
        if (channel != null) {
            channel.close();
        }
        if (permit != null) {
            permit.close();
        }
    }

    private void dial(int version) {
        step = "connecting";
        Future<Channel> dialling = connector.dialer().dial(loop, target.host(), target.port(), left());
        pending = dialling;
        dialling.addListener(dialled -> {
            if (!dialled.isSuccess()) {
                fail(Failures.ofDialling(dialled.cause()));
            } else if (promise.isDone()) {
                dialling.getNow().close();
            } else {
                channel = dialling.getNow();
                secure(dialling.getNow(), version);
            }
        });
    }

    private void secure(Channel dialled, int version) {
        if (connector.tls().isEmpty()) {
            startUp(dialled, version, Optional.empty());
            return;
        }
        step = "securing the connection";
        dialled.pipeline().addLast(new TlsRequest(connector.tls().get(), target, new TlsRequest.Outcome() {
            @Override
            public void secured(SslHandler handler) {
                startUp(dialled, version, certificate(handler));
            }

            @Override
            public void failed(Throwable cause) {
                fail(Failures.ofTls(cause));
            }
        }));
    }

    private void startUp(Channel secured, int version, Optional<X509Certificate> certificate) {
        step = "starting up";
        Authentication authentication = new Authentication(target.credential(), certificate);
        StartUp startUp = new StartUp(version, authentication);
        StartUpHandler handler = new StartUpHandler(startUp, authentication, new StartUpHandler.Outcome() {
            @Override
            public void ready(Welcome welcome, Parked parked) {
                succeed(secured, version, welcome, parked);
            }

            @Override
            public void failed(Throwable cause, int messages) {
                if (version > ProtocolVersion.V3_0 && Failures.mayBeTheVersion(cause, messages) && !promise.isDone()) {
                    dial(ProtocolVersion.V3_0);
                } else {
                    fail(Failures.ofStartUp(cause));
                }
            }
        });
        secured.pipeline().addLast("start-up", handler);
        ChannelHandlerContext context = secured.pipeline().context(handler);
        handler.begin(context, out -> startUp.greet(out, target, parameters));
    }

    private void succeed(Channel ready, int asked, Welcome welcome, Parked parked) {
        // Only now is it sure that the version was at fault, and not the target's restart.
        connector.settleFor(asked);
        Permit held = permit;
        if (held != null) {
            ready.closeFuture().addListener(closed -> held.close());
        }
        if (!promise.trySuccess(new TargetConnection(connector, ready, welcome, parked))) {
            ready.close();
        }
    }

    private void fail(TargetFailure failure) {
        promise.tryFailure(new TargetException(failure));
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
    }

    /** What the target showed, whether or not the settings had it verified: SCRAM binds to it either way. */
    private static Optional<X509Certificate> certificate(SslHandler handler) {
        try {
            Certificate[] shown = handler.engine().getSession().getPeerCertificates();
            return shown.length > 0 && shown[0] instanceof X509Certificate x509 ? Optional.of(x509) : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }
}
