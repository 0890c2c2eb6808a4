package dev.sallyport.server.demo;

import java.io.PrintWriter;

/** Says how to connect, so that it can be copied and pasted. */
final class DemoGuide {
    private DemoGuide() {}

    static void print(ReadyFile ready, PrintWriter out) {
        DemoFiles files = ready.files();
        int port = ready.postgresPort();
        String ca = files.tls().resolve("ca.pem").toString();
        String token = files.token("reader").toString();
        out.printf(
                """

                Sallyport is up: PostgreSQL clients at localhost:%d, the admin API at %s

                Connect with psql, as a bot that may read (the token is the password):
                  export PGPASSWORD=$(cat %s)
                  psql "host=localhost port=%d dbname=shop user=reader sslmode=verify-full sslrootcert=%s"

                or with any client, by URL and the same PGPASSWORD:
                  postgresql://reader@localhost:%d/shop?sslmode=verify-full&sslrootcert=%s

                More tokens are beside it: writer (updates and deletes wait for a yes), approver, admin (may do anything).
                To see and decide what waits:
                  export SALLYPORT_URL=%s SALLYPORT_CA_FILE=%s
                  ./sallyport approvals list --token-file %s

                The configuration is in %s
                """,
                port,
                ready.admin(),
                token,
                port,
                ca,
                port,
                ca,
                ready.admin(),
                ca,
                files.token("approver"),
                files.configuration());
        out.flush();
    }
}
