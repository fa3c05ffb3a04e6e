package io.harborgateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteTableTest {
  private static final Instance ONE = instance(1, "one.example.com", "one.images.example.com");
  private static final Instance TWO = instance(2, "two.example.com");

  private final RouteTable table = RouteTable.of(List.of(ONE, TWO));

  private static Instance instance(int number, String... names) {
    return new Instance(
        InstanceGuid.of("00000000-0000-0000-0000-%012d".formatted(number)),
        Stream.of(names).map(HostName::of).toList());
  }

  /** Looks the name up where it stands within other octets. */
  private static @Nullable Instance lookup(RouteTable table, String name) {
    byte[] octets = ("Host: " + name + ":443").getBytes(StandardCharsets.ISO_8859_1);
    return table.lookup(index -> octets[index], 6, 6 + name.length());
  }

  @Test
  void everyNameLeadsToItsInstance() {
    assertThat(lookup(table, "one.example.com")).isEqualTo(ONE);
    assertThat(lookup(table, "one.images.example.com")).isEqualTo(ONE);
    assertThat(lookup(table, "two.example.com")).isEqualTo(TWO);
    assertThat(table.instances()).containsExactly(ONE, TWO);
  }

  @Test
  void caseDoesNotMatter() {
    assertThat(lookup(table, "ONE.Example.COM")).isEqualTo(ONE);
    assertThat(
            lookup(RouteTable.of(List.of(instance(3, "UPPER.example.com"))), "upper.example.com"))
        .isNotNull();
    assertThat(table.lookup("Two.EXAMPLE.com")).isEqualTo(TWO);
  }

  @Test
  void aTrailingDotOfAServerNameDoesNotMatter() {
    assertThat(table.lookup("two.example.com.")).isEqualTo(TWO);
    assertThat(table.lookup("two.example.com..")).isNull();
  }

  @Test
  void otherNamesLeadNowhere() {
    for (String name :
        List.of(
            "",
            ".",
            "example.com",
            "ne.example.com",
            "one.example.co",
            "one.example.comm",
            "x.one.example.com",
            "one-example.com",
            "\u00f6ne.example.com",
            "\u00ef\u00ee\u00e5.example.com")) {
      assertThat(lookup(table, name)).as(name).isNull();
      assertThat(table.lookup(name)).as(name).isNull();
    }
  }

  @Test
  void anEmptyTableKnowsNothing() {
    RouteTable empty = RouteTable.of(List.of());
    assertThat(lookup(empty, "one.example.com")).isNull();
    assertThat(empty.onlyInstance()).isNull();
  }

  @Test
  void tellsTheOnlyInstance() {
    assertThat(RouteTable.of(List.of(ONE)).onlyInstance()).isEqualTo(ONE);
    assertThat(table.onlyInstance()).isNull();
  }

  @Test
  void findsEachOfManyThousandNames() {
    List<Instance> many = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      many.add(instance(i, "a" + i + ".example.com", "b" + i + ".images.example.com"));
    }
    RouteTable large = RouteTable.of(many);
    assertThat(IntStream.range(0, 5_000))
        .allSatisfy(i -> {
          assertThat(lookup(large, "a" + i + ".example.com")).isSameAs(many.get(i));
          assertThat(lookup(large, ("b" + i + ".images.example.com").toUpperCase(Locale.ROOT)))
              .isSameAs(many.get(i));
          assertThat(lookup(large, "c" + i + ".example.com")).isNull();
        });
  }

  @Test
  void aNameBelongsToOneInstance() {
    Instance thief = instance(3, "three.example.com", "TWO.example.com");
    assertThatThrownBy(() -> RouteTable.of(List.of(ONE, TWO, thief)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two.example.com")
        .hasMessageContaining(TWO.guid().value())
        .hasMessageContaining(thief.guid().value());
  }
}
