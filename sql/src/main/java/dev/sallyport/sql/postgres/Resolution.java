package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Catalogue;
import java.util.List;
import java.util.Optional;

/**
 * One statement with its names resolved; what it does by itself is among the findings.
 *
 * @param relations what each of its relations may mean
 * @param answer what the columns of its rows derive from, empty where it has none of its own or that is not known
 * @param values what the statement's values are for, empty where they are too many to be followed, or are no message's
 */
record Resolution(
        List<List<Names.Meaning>> relations, Optional<AnswerColumns> answer, Optional<ValueTracer.Found> values) {

    /**
     * Resolves a statement.
     *
     * @param names what names in the statement's text mean
     * @param functions judges the functions that it runs
     * @param planning whether its plan is shown
     * @param explained whether it is only planned
     */
    static Resolution of(
            Statement statement,
            Findings findings,
            Names names,
            FunctionJudge functions,
            Catalogue catalogue,
            boolean planning,
            boolean explained) {
        return of(statement.claims(), findings, names, functions, catalogue, planning, explained, false);
    }

    /** Resolves a statement of a function's body: parameters bring values of their own, and it is run. */
    static Resolution inBody(
            Statement statement, Findings findings, Names names, FunctionJudge functions, Catalogue catalogue) {
        // What is compared with a parameter may be compared with many values.
        return of(statement.claims(), findings, names, functions, catalogue, true, false, true);
    }

    private static Resolution of(
            Claims claims,
            Findings findings,
            Names names,
            FunctionJudge functions,
            Catalogue catalogue,
            boolean planning,
            boolean explained,
            boolean inBody) {
        List<List<Names.Meaning>> relations =
                new RelationJudge(findings, names, functions, catalogue).judge(claims, explained);
        CallJudge.Code code = new CallJudge(findings, names, functions, catalogue, inBody).judge(claims, relations);
        Choices choices = new Choices(relations);
        ColumnMeanings meanings = new ColumnMeanings(catalogue, relations);
        Stars stars = new Stars(relations);
        new ColumnTracer(findings, choices, meanings, stars, code).trace(claims, planning, !explained);
        Optional<AnswerColumns> answer = claims.answer == null
                ? Optional.empty()
                : new AnswerTracer(choices, meanings, stars, code).trace(claims.answer);
        Optional<ValueTracer.Found> values =
                inBody ? Optional.empty() : new ValueTracer(claims, choices, meanings, relations, code).trace();
        return new Resolution(relations, answer, values);
    }
}
