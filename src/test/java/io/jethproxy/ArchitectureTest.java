package io.jethproxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The order of ARCHITECTURE.md, as a machine sees it. */
@AnalyzeClasses(packages = "io.jethproxy", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /** Imports point to a lower rank only. */
  private static final List<Set<String>> RANKS =
      List.of(
          Set.of("rpc"),
          Set.of("eth"),
          Set.of("call"),
          Set.of("fleet"),
          Set.of(
              "admit",
              "prepare",
              "cache",
              "transport",
              "verify",
              "dispatch",
              "chain",
              "logs",
              "hints",
              "survey"),
          Set.of("subscribe"),
          Set.of("observe"),
          Set.of("demo", "server"),
          Set.of("config"),
          Set.of("app"));

  private static final Map<String, Integer> RANK_OF = ranks();

  private static final Set<String> CLOCK_READINGS = Set.of("instant", "millis");

  /** What the chain is may be asked by the other packages of its rank. */
  private static final String READ_BY_SIBLINGS = "chain";

  @ArchTest
  static final ArchRule importsPointToALowerRank = classes().should(onlyImportLowerRanks());

  @ArchTest
  static final ArchRule onlyTheEdgesKnowTheNetworkLibrary =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.jethproxy.server..",
              "io.jethproxy.transport..",
              "io.jethproxy.demo..",
              "io.jethproxy.app..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.netty..");

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .should(
              new ArchCondition<>("live in a package that is @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                  events.add(
                      new SimpleConditionEvent(
                          type, marked, type.getName() + ": its package is not @NullMarked"));
                }
              });

  @ArchTest
  static final ArchRule namesSayWhatIsSpecial =
      noClasses().should().haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl|Base)$");

  @ArchTest
  static final ArchRule timeComesFromTheTicker =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.jethproxy.app..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now");

  /** It jumps. Log lines have its times, and the demo's chain its timestamps; nothing else may. */
  @ArchTest
  static final ArchRule nothingIsDecidedByTheWallClock =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.jethproxy.observe..", "io.jethproxy.demo..")
          .and()
          .doNotHaveSimpleName("WarmUp") // runs a demo chain
          .should(readTheWallClock());

  private static ArchCondition<JavaClass> readTheWallClock() {
    return new ArchCondition<>("read the wall clock") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Stream.of(
                type.getMethodCallsFromSelf(),
                type.getMethodReferencesFromSelf(),
                type.getConstructorCallsFromSelf())
            .<JavaCodeUnitAccess<?>>flatMap(Set::stream)
            .filter(call -> tellsTheTime(call.getTarget()))
            .forEach(
                call -> events.add(SimpleConditionEvent.satisfied(type, call.getDescription())));
      }
    };
  }

  private static boolean tellsTheTime(CodeUnitAccessTarget target) {
    String name = target.getName();
    JavaClass owner = target.getOwner();
    return name.equals("currentTimeMillis")
        || (owner.getPackageName().startsWith("java.time") && name.equals("now"))
        || (owner.isAssignableTo(InstantSource.class) && CLOCK_READINGS.contains(name))
        || (owner.isAssignableTo(Date.class) && target.getParameterTypes().isEmpty());
  }

  private static ArchCondition<JavaClass> onlyImportLowerRanks() {
    return new ArchCondition<>("import packages of a lower rank only") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String from = feature(type);
        if (!RANK_OF.containsKey(from)) {
          events.add(
              SimpleConditionEvent.violated(type, type.getName() + ": a package without a rank"));
          return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          String to = feature(dependency.getTargetClass());
          if (RANK_OF.containsKey(to) && !mayImport(from, to)) {
            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static boolean mayImport(String from, String to) {
    int higher = RANK_OF.get(from);
    int lower = RANK_OF.get(to);
    return from.equals(to) || lower < higher || (lower == higher && to.equals(READ_BY_SIBLINGS));
  }

  /** The package below {@code io.jethproxy}; empty for classes of others. */
  private static String feature(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    String prefix = "io.jethproxy.";
    return name.startsWith(prefix) ? name.substring(prefix.length()).replaceAll("\\..*", "") : "";
  }

  private static Map<String, Integer> ranks() {
    Map<String, Integer> ranks = new HashMap<>();
    for (int rank = 0; rank < RANKS.size(); rank++) {
      for (String name : RANKS.get(rank)) {
        ranks.put(name, rank);
      }
    }
    return ranks;
  }
}
