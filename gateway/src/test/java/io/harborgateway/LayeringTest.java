package io.harborgateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The layers, as docs/design.md explains them: a package imports only what stands below it in the
 * table, as named there.
 */
class LayeringTest {
  private static final String BASE = "io.harborgateway.";

  /** In reading order; {@code config} and {@code certs} are modules of their own. */
  private static final List<Layer> LAYERS =
      List.of(
          layer(
              "cli",
              "demo control snapshot logging announce announce.routingapi"
                  + " announce.routeregistrar announce.state supervise tls upstream route transport"
                  + " config.load config config.binding config.values certs"),
          layer("demo", "transport config.values certs"),
          layer(
              "control",
              "snapshot issue source announce announce.routingapi announce.nats"
                  + " announce.routeregistrar announce.state handover admin supervise listen tls http"
                  + " http.head"
                  + " tcp relay upstream route lifecycle transport metrics watch config"
                  + " config.binding config.values certs"),
          layer(
              "snapshot",
              "issue issue.acme source logging announce announce.routeregistrar tls route config.load"
                  + " config"
                  + " config.binding config.values certs"),
          layer("issue.acme", "issue config config.values certs"),
          layer("issue", "watch config config.values certs"),
          layer("source", "announce.nats watch pace config config.values"),
          layer("logging", "http transport metrics watch config config.values"),
          layer(
              "announce",
              "announce.routingapi announce.nats announce.routeregistrar announce.state route"
                  + " config.load config config.binding config.values"),
          layer(
              "announce.routingapi",
              "announce.nats announce.state lifecycle watch pace config config.values"),
          layer("announce.nats", "announce.state lifecycle pace config config.values certs"),
          layer(
              "announce.routeregistrar",
              "watch pace config config.binding config.values config.meta config.yaml"),
          layer("announce.state", ""),
          layer("handover", ""),
          layer("admin", "lifecycle transport watch"),
          layer("supervise", "lifecycle pace"),
          layer("listen", "tls http tcp lifecycle transport metrics pace"),
          layer("tls", "route transport metrics pace certs"),
          layer("http", "http.h1 http.head relay upstream route transport metrics"),
          layer("http.h1", "http.head"),
          layer("http.head", "route"),
          layer("tcp", "relay upstream transport metrics"),
          layer("relay", "transport"),
          layer("upstream", "transport pace certs"),
          layer("route", "config.values"),
          layer("lifecycle", "pace"),
          layer("transport", "pace"),
          layer("metrics", ""),
          layer("watch", "pace"),
          layer("pace", ""),
          layer("config.load", "config config.binding config.values config.meta config.yaml"),
          layer("config", "config.values config.meta"),
          layer("config.binding", "config.values config.meta config.yaml"),
          layer("config.values", "config.meta"),
          layer("config.meta", ""),
          layer("config.yaml", ""),
          layer("certs", ""));

  private static final String[] DATA_PLANE =
      packages("http", "tcp", "relay", "tls", "listen", "transport", "upstream");

  private static JavaClasses classes = new ClassFileImporter().importPackages(List.of());

  private record Layer(String name, Set<String> imports) {
    boolean mayImport(String other) {
      return imports.contains(other);
    }
  }

  private static Layer layer(String name, String imports) {
    return new Layer(
        name, Stream.of(imports.split(" ")).filter(s -> !s.isEmpty()).collect(Collectors.toSet()));
  }

  private static String[] packages(String... names) {
    return Stream.of(names).map(name -> BASE + name + "..").toArray(String[]::new);
  }

  @BeforeAll
  static void readClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.harborgateway");
  }

  @Test
  void everyPackageStandsInTheTableAndIsThere() {
    Set<String> found =
        classes.stream().map(LayeringTest::layerOf).collect(Collectors.toCollection(TreeSet::new));

    assertThat(found)
        .containsExactlyInAnyOrderElementsOf(LAYERS.stream().map(Layer::name).toList());
  }

  @TestFactory
  Stream<DynamicTest> packageImportsOnlyWhatTheTableNames() {
    return LAYERS.stream()
        .map(layer ->
            DynamicTest.dynamicTest(
                layer.name(), () -> assertThat(forbiddenImports(layer)).isEmpty()));
  }

  private static List<String> forbiddenImports(Layer layer) {
    List<String> forbidden = new ArrayList<>();
    for (JavaClass from : classes) {
      if (!layerOf(from).equals(layer.name())) {
        continue;
      }
      from.getDirectDependenciesFromSelf().stream()
          .filter(use -> use.getTargetClass().getPackageName().startsWith(BASE))
          .filter(use -> !layerOf(use.getTargetClass()).equals(layer.name()))
          .filter(use -> !layer.mayImport(layerOf(use.getTargetClass())))
          .forEach(use -> forbidden.add(use.getDescription()));
    }
    return forbidden;
  }

  @TestFactory
  Stream<DynamicTest> packageUsesWhatTheTableNames() {
    return LAYERS.stream()
        .map(layer ->
            DynamicTest.dynamicTest(
                layer.name(), () -> assertThat(used(layer)).containsAll(layer.imports())));
  }

  private static Set<String> used(Layer layer) {
    return classes.stream()
        .filter(from -> layerOf(from).equals(layer.name()))
        .flatMap(from -> from.getDirectDependenciesFromSelf().stream())
        .map(use -> use.getTargetClass())
        .filter(type -> type.getPackageName().startsWith(BASE))
        .map(LayeringTest::layerOf)
        .collect(Collectors.toSet());
  }

  private static String layerOf(JavaClass type) {
    return type.getPackageName().substring(BASE.length());
  }

  @Test
  void tableItselfOnlyPointsDown() {
    List<String> names = LAYERS.stream().map(Layer::name).toList();
    for (Layer layer : LAYERS) {
      int line = names.indexOf(layer.name());
      layer.imports().stream()
          .forEach(name ->
              assertThat(names.indexOf(name)).as(layer.name() + " → " + name).isGreaterThan(line));
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.harborgateway.(**)").should().beFreeOfCycles().check(classes);
  }

  @Test
  void onlyTheProgramAndItsControlSeeTheRootOfTheConfiguration() {
    noClasses()
        .that(not(resideInAnyPackage(packages("cli", "control", "snapshot", "announce", "config"))))
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(BASE + "config.GatewayConfig")
        .check(classes);
  }

  @Test
  void modelsHaveNoNetty() {
    noClasses()
        .that()
        .resideInAnyPackage(packages("config", "certs", "route", "lifecycle", "watch"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(classes);
  }

  /** The types of these two have overloads for blocking sockets, which are never called. */
  @Test
  void dataPlaneUsesNoBlockingClients() {
    noClasses()
        .that()
        .resideInAnyPackage(DATA_PLANE)
        .and()
        .doNotHaveFullyQualifiedName(BASE + "upstream.AuthorityTrust")
        .and()
        .doNotHaveFullyQualifiedName(BASE + "upstream.ClientCertificate")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.net.http..", "java.nio.file..", "io.nats..")
                .or(type(File.class))
                .or(assignableTo(InputStream.class))
                .or(assignableTo(OutputStream.class))
                .or(assignableTo(Reader.class))
                .or(assignableTo(Writer.class))
                .or(assignableTo(Socket.class))
                .or(assignableTo(ServerSocket.class))
                .or(assignableTo(URLConnection.class)))
        .check(classes);
  }

  /** What each connection or request meets is not what happens to the node. */
  @Test
  void dataPlanePublishesNoEvents() {
    noClasses()
        .that()
        .resideInAnyPackage(DATA_PLANE)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(BASE + "lifecycle.NodeEvents")
        .check(classes);
  }

  @Test
  void dataPlaneDoesNotSleep() {
    noClasses()
        .that()
        .resideInAnyPackage(DATA_PLANE)
        .should()
        .callMethodWhere(target(nameMatching("sleep|park.*")))
        .check(classes);
  }

  /** Binding and closing a listener wait, and say so; they are called by the control thread. */
  @Test
  void dataPlaneWaitsForFuturesInListenersOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(DATA_PLANE)
        .and()
        .doNotHaveFullyQualifiedName(BASE + "listen.Listener")
        .should()
        .callMethodWhere(
            target(nameMatching("sync.*|await.*|get"))
                .and(target(owner(assignableTo(Future.class)))))
        .check(classes);
  }

  /** Lookups does it on threads of its own. */
  @Test
  void dataPlaneLooksUpNamesInLookupsOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(DATA_PLANE)
        .and()
        .doNotHaveFullyQualifiedName(BASE + "upstream.Lookups")
        .should()
        .callMethodWhere(
            target(nameMatching("getByName|getAllByName|getHostName|getCanonicalHostName")))
        .check(classes);
  }
}
