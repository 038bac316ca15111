package fr.epiconcept.navette.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import org.junit.jupiter.api.Test;

/** The arrows between modules, and the habits that a reviewer would otherwise have to look for. */
@AnalyzeClasses(packages = "fr.epiconcept.navette", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String FLUX = "fr.epiconcept.navette.flux..";
  private static final String BROKER = "fr.epiconcept.navette.broker..";
  private static final String INGEST = "fr.epiconcept.navette.ingest..";
  private static final String WORKER = "fr.epiconcept.navette.worker..";
  private static final String CLI = "fr.epiconcept.navette.cli..";

  @ArchTest
  static final ArchRule theDomainKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage(FLUX)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(BROKER, INGEST, WORKER, CLI)
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.activemq..", "javax.jms..", "picocli..")
          .because("the domain must outlive the broker, the daemons and the command line");

  @ArchTest
  static final ArchRule theContractKnowsTheDomainAlone =
      noClasses()
          .that()
          .resideInAPackage(BROKER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(INGEST, WORKER, CLI)
          .allowEmptyShould(true)
          .because("both ends share the contract, so it can belong to neither");

  @ArchTest
  static final ArchRule theFileServerDoesNotKnowTheProcessingServer =
      noClasses()
          .that()
          .resideInAPackage(INGEST)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(WORKER, CLI)
          .allowEmptyShould(true)
          .because("they run on two machines and are upgraded one after the other");

  @ArchTest
  static final ArchRule theProcessingServerDoesNotKnowTheFileServer =
      noClasses()
          .that()
          .resideInAPackage(WORKER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(INGEST, CLI)
          .allowEmptyShould(true)
          .because("they run on two machines and are upgraded one after the other");

  @ArchTest
  static final ArchRule timeIsGiven =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDate.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(OffsetDateTime.class, "now")
          .orShould()
          .callMethod(ZonedDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callConstructor(Date.class)
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Clock.class, "systemDefaultZone")
          .because(
              "a test moves time by hand: take an InstantSource (InstantSource.system() where the"
                  + " daemon is put together), or a LongSupplier of nanoseconds for durations");

  @ArchTest
  static final ArchRule nothingIsAUtility =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .because("a function belongs to the type that it serves; name the concept");

  @Test
  void theChaosRunUsesNothingOfWhatItJudges() {
    noClasses()
        .that()
        .resideInAPackage("fr.epiconcept.navette.chaos..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(FLUX, BROKER, INGEST, WORKER, CLI)
        .because("a checker that shares code with the product shares its mistakes")
        .check(new ClassFileImporter().importPackages("fr.epiconcept.navette.chaos"));
  }

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices()
          .matching("fr.epiconcept.navette.(**)")
          .should()
          .beFreeOfCycles()
          .because("a room that leads back into itself cannot be understood from its door");
}
