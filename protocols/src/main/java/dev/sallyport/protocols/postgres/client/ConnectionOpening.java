package dev.sallyport.protocols.postgres.client;

import dev.sallyport.core.identity.Authentication;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.Admission;
import dev.sallyport.core.policy.AdmissionResult;
import dev.sallyport.core.session.Refusal;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.session.Sessions;
import dev.sallyport.core.session.Sessions.Caller;
import dev.sallyport.core.session.Sessions.Refused;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.net.Deadline;
import dev.sallyport.protocols.postgres.client.StartupPacket.Startup;
import dev.sallyport.protocols.postgres.session.CancelKeys;
import dev.sallyport.protocols.postgres.session.Errors;
import dev.sallyport.protocols.postgres.session.PostgresSessions;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes one client from its token to its session: who is it, may it, dial, hand over. Each step ends in the next or in a
 * refusal that is on record; the client hears one neutral text for all that concerns its token, and an incident id.
 */
final class ConnectionOpening implements StartupHandler.Outcome {
    private static final int MAX_CLAIM_LENGTH = 63;
    private static final String PROTOCOL = "postgres";
    // invalid_password, invalid_authorization_specification, protocol_violation
    private static final String BAD_TOKEN = "28P01";
    private static final String NOT_ADMITTED = "28000";
    private static final String BAD_PROTOCOL = "08P01";
    // feature_not_supported
    private static final String UNSUPPORTED = "0A000";

    private final PostgresServices services;
    private final ListenerTerms terms;
    private final CancelKeys keys;

    ConnectionOpening(PostgresServices services, ListenerTerms terms, CancelKeys keys) {
        this.services = services;
        this.terms = terms;
        this.keys = keys;
    }

    @Override
    public void cancel(StartupPacket.Cancel request, Runnable then) {
        keys.cancel(request.processId(), request.key(), then);
    }

    @Override
    public ErrorFields refused(
            ChannelHandlerContext context, @Nullable Startup startup, String reason, String message) {
        Refusal refusal = services.sessions()
                .refuse(
                        caller(context.channel(), startup),
                        startup == null ? "" : claim(target(startup)),
                        Optional.empty(),
                        new Refused(Refusal.Kind.DENIED, reason, message, message, ""));
        String sqlState = reason.equals("protocol-violation") ? BAD_PROTOCOL : NOT_ADMITTED;
        return Errors.fatal(sqlState, message, incident(refusal), "");
    }

    @Override
    public void token(ChannelHandlerContext context, Startup startup, Secret token) {
        services.blocking().execute(() -> {
            Authentication result;
            try (token) {
                result = services.authenticator().authenticate(token);
            }
            context.executor().execute(() -> authenticated(context, startup, result));
        });
    }

    private void authenticated(ChannelHandlerContext context, Startup startup, Authentication result) {
        if (!context.channel().isActive()) {
            return;
        }
        Deadline.meet(context.pipeline());
        switch (result) {
            case Authentication.Refused(Authentication.Reason reason, String detail) -> {
                String message =
                        reason.told() ? "sallyport: the token has expired" : "sallyport: authentication failed";
                String hint = reason.told() ? "Get a new token and connect again." : "";
                end(
                        context,
                        startup,
                        Optional.empty(),
                        BAD_TOKEN,
                        new Refused(Refusal.Kind.DENIED, reason.code(), detail, message, hint));
            }
            case Authentication.Authenticated(Identity identity) -> admit(context, startup, identity);
        }
    }

    private void admit(ChannelHandlerContext context, Startup startup, Identity identity) {
        Optional<TargetName> name = targetName(startup);
        AdmissionResult result = name.map(target -> services.sessions().gate().admit(identity, target))
                .orElseGet(() -> new AdmissionResult.Refused("the database is no target's name"));
        switch (result) {
            case AdmissionResult.Refused(String reason) ->
                end(
                        context,
                        startup,
                        Optional.of(identity),
                        NOT_ADMITTED,
                        new Refused(
                                Refusal.Kind.DENIED,
                                "not-admitted",
                                reason,
                                "sallyport: there is no target of this name for this identity",
                                "Connect with dbname= set to a target that a policy admits this identity to."));
            case AdmissionResult.Admitted(Admission admission) -> open(context, startup, admission);
        }
    }

    private void open(ChannelHandlerContext context, Startup startup, Admission admission) {
        Optional<StartupParameters.Fault> fault = StartupParameters.fault(startup.parameters(), admission.target());
        if (fault.isPresent()) {
            end(
                    context,
                    startup,
                    Optional.of(admission.identity()),
                    UNSUPPORTED,
                    new Refused(
                            Refusal.Kind.DENIED,
                            "startup-parameter",
                            fault.get().message(),
                            fault.get().message(),
                            fault.get().hint()));
            return;
        }
        switch (services.sessions().open(admission, caller(context.channel(), startup))) {
            case Sessions.Opening.Refused(Refusal refusal) -> close(context, Errors.fatal(refusal));
            case Sessions.Opening.Opened(Session session) -> dial(context, startup, admission.target(), session);
        }
    }

    private void dial(ChannelHandlerContext context, Startup startup, Target target, Session session) {
        PostgresSessions.Greeting greeting = new PostgresSessions.Greeting(
                StartupParameters.forwarded(startup.parameters(), target, session.identity()),
                ProtocolVersion.minor(startup.version()) >= 2);
        services.postgres().open(context.channel(), session, greeting, new PostgresSessions.Opening() {
            @Override
            public void opened() {
                context.pipeline().remove(context.handler());
            }

            @Override
            public void failed(ErrorFields error) {
                close(context, error);
            }
        });
    }

    private void end(
            ChannelHandlerContext context, Startup startup, Optional<Identity> identity, String sqlState, Refused why) {
        Refusal refusal =
                services.sessions().refuse(caller(context.channel(), startup), claim(target(startup)), identity, why);
        close(context, Errors.fatal(sqlState, refusal.message(), incident(refusal), refusal.hint()));
    }

    private static void close(ChannelHandlerContext context, ErrorFields error) {
        ByteBuf out = context.alloc().buffer();
        new MessageWriter(out).error(error);
        context.channel().writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    }

    private static String incident(Refusal refusal) {
        return "Incident " + refusal.incident() + ".";
    }

    private Optional<TargetName> targetName(Startup startup) {
        if (terms.target().isPresent()) {
            return terms.target();
        }
        try {
            return Optional.of(new TargetName(target(startup)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** As the client named it: the database, which defaults to the user's name (section 54.7, "StartupMessage"). */
    private static String target(Startup startup) {
        String database = startup.parameter("database");
        return database.isEmpty() ? startup.parameter("user") : database;
    }

    private static Caller caller(Channel channel, @Nullable Startup startup) {
        SocketAddress remote = channel.remoteAddress();
        return new Caller(
                PROTOCOL,
                remote == null ? "" : remote.toString().replaceFirst("^/", ""),
                startup == null ? "" : claim(startup.parameter("user")),
                startup == null ? "" : claim(startup.parameter("application_name")));
    }

    /** A claim is kept short: what is longer is no name, and might be a token in the wrong place. */
    private static String claim(String text) {
        return text.length() > MAX_CLAIM_LENGTH ? text.substring(0, MAX_CLAIM_LENGTH) + "…" : text;
    }
}
