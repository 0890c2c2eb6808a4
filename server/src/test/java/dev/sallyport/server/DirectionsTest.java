package dev.sallyport.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom: {@code server → protocols → net → core}, {@code protocols → sql → core}, never sideways. */
@AnalyzeClasses(packages = "dev.sallyport", importOptions = DoNotIncludeTests.class)
class DirectionsTest {
    private static final String CORE = "dev.sallyport.core..";
    private static final String SQL = "dev.sallyport.sql..";
    private static final String NET = "dev.sallyport.net..";
    private static final String PROTOCOLS = "dev.sallyport.protocols..";
    private static final String SERVER = "dev.sallyport.server..";

    @ArchTest
    static final ArchRule core_knows_nobody = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SQL, NET, PROTOCOLS, SERVER, "io.netty..", "com.linecorp..", "picocli..");

    @ArchTest
    static final ArchRule sql_knows_core_alone = noClasses()
            .that()
            .resideInAPackage(SQL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(NET, PROTOCOLS, SERVER, "io.netty..", "com.linecorp..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule net_knows_core_alone = noClasses()
            .that()
            .resideInAPackage(NET)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SQL, PROTOCOLS, SERVER, "com.linecorp..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule protocols_do_not_know_the_program = noClasses()
            .that()
            .resideInAPackage(PROTOCOLS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER);

    @ArchTest
    static final ArchRule nothing_that_ships_knows_the_test_kit = noClasses()
            .that()
            .resideInAnyPackage(CORE, SQL, NET, PROTOCOLS, SERVER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sallyport.testkit..");
}
