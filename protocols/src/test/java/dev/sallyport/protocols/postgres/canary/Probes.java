package dev.sallyport.protocols.postgres.canary;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Probes by their number, the same for the same seed; over the tables, their views, and views that are random too. */
public final class Probes {
    private static final int DEPTHS = 4;
    private static final int OF_A_DEPTH = 250;
    /** The first ones are short: they run in every check, where the parser is interpreted and slow with long texts. */
    private static final int SHORT_ONES = 2_000;

    private static final int MOST_CHARACTERS = 3_000;
    private static final int MOST_CHARACTERS_OF_SHORT = 900;

    private static final int VIEWS = 40;

    private final long seed;
    private final List<Rows> views = new ArrayList<>();

    public Probes(long seed) {
        this.seed = seed;
    }

    /** Makes the random views. {@code maker} takes a statement that makes one, and says whether the server took it. */
    public void makeViews(Predicate<String> maker) {
        for (int i = 1; i <= VIEWS; i++) {
            Dice dice = new Dice(seed, -1 - i);
            Selects selects = new Selects(dice, false, List.copyOf(views));
            Select select = selects.statement(dice.between(1, 3));
            Rows view = new Rows("made_" + i, selects.renamed(select.columns()));
            if (maker.test("CREATE VIEW " + view.alias() + Selects.names(view.columns()) + " AS " + select.sql())) {
                views.add(view);
            }
        }
    }

    /** The statement that takes the random views away. */
    public String removeViews() {
        return "DROP VIEW IF EXISTS "
                + String.join(", ", views.stream().map(Rows::alias).toList()) + " CASCADE";
    }

    /** The probe of this number; depth grows with it, a thousand numbers a time. */
    public Probe of(long number) {
        int depth = 1 + (int) (number / OF_A_DEPTH % DEPTHS);
        Probe probe = write(number, depth);
        int most = number < SHORT_ONES ? MOST_CHARACTERS_OF_SHORT : MOST_CHARACTERS;
        while (depth > 1 && probe.toString().length() > most) {
            depth--;
            probe = write(number, depth);
        }
        return probe;
    }

    private Probe write(long number, int depth) {
        return new ProbeWriter(new Dice(seed, number * DEPTHS + depth), views, depth).probe();
    }
}
