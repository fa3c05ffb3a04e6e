package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressesTest {
  private final Addresses addresses = new Addresses();

  @Test
  void areDialledInTheOrderOfTheLookUp() {
    assertThat(addresses.order()).isEmpty();
    assertThat(addresses.replace(List.of(at(1), at(2)))).isTrue();
    assertThat(addresses.order()).containsExactly(at(1), at(2));
  }

  @Test
  void theOneThatAnsweredLastComesFirst() {
    addresses.replace(List.of(at(1), at(2), at(3)));
    addresses.answered(at(3));
    assertThat(addresses.order()).containsExactly(at(3), at(1), at(2));
  }

  @Test
  void aNameServerThatRotatesChangesNothing() {
    addresses.replace(List.of(at(1), at(2)));
    assertThat(addresses.replace(List.of(at(2), at(1)))).isFalse();
    assertThat(addresses.order()).containsExactly(at(1), at(2));
  }

  @Test
  void theFirstStaysFirstWhileItIsFound() {
    addresses.replace(List.of(at(1), at(2)));
    addresses.answered(at(2));
    assertThat(addresses.replace(List.of(at(1), at(2), at(3)))).isTrue();
    assertThat(addresses.order()).containsExactly(at(2), at(1), at(3));
    assertThat(addresses.replace(List.of(at(4)))).isTrue();
    assertThat(addresses.order()).containsExactly(at(4));
  }

  @Test
  void anAnswerOfOneThatIsGoneChangesNothing() {
    addresses.replace(List.of(at(1)));
    addresses.answered(at(9));
    assertThat(addresses.order()).containsExactly(at(1));
  }

  @Test
  void aNameWithManyAddressesIsTriedAtSomeOfThem() {
    addresses.replace(IntStream.range(1, 100).mapToObj(AddressesTest::at).toList());
    assertThat(addresses.order()).hasSize(Addresses.MOST);
  }

  @Test
  void ofManyAddressesThoseThatAreKnownStay() {
    List<InetSocketAddress> many = IntStream.range(1, 100).mapToObj(AddressesTest::at).toList();
    addresses.replace(many);
    assertThat(addresses.replace(many.reversed())).as("rotated").isFalse();
    assertThat(addresses.order().getFirst()).isEqualTo(at(1));
  }

  /** RFC 8305 section 4. */
  @Test
  void theFamiliesTakeTurnsFromTheFirstOn() {
    addresses.replace(List.of(at(1), at(2), at(3), at6(1), at6(2)));
    assertThat(addresses.order()).containsExactly(at(1), at6(1), at(2), at6(2), at(3));
    addresses.answered(at6(2));
    assertThat(addresses.order()).containsExactly(at6(2), at(1), at6(1), at(2), at(3));
    addresses.replace(List.of(at(1), at6(3), at6(2), at(2)));
    assertThat(addresses.order()).containsExactly(at6(2), at(1), at6(3), at(2));
  }

  @Test
  void ofManyAddressesBothFamiliesAreKept() {
    List<InetSocketAddress> many = new ArrayList<>();
    IntStream.range(1, 50).forEach(i -> many.add(at(i)));
    many.add(at6(1));
    addresses.replace(many);
    assertThat(addresses.order()).hasSize(Addresses.MOST).contains(at6(1));
  }

  @Test
  void aFailureIsKnownUntilItsAddressAnswers() {
    addresses.replace(List.of(at(1), at(2)));
    addresses.failed(at(1), "connection refused");
    addresses.answered(at(2));
    assertThat(addresses.status())
        .extracting(AddressStatus::address, AddressStatus::failure)
        .containsExactly(tuple("192.0.2.2", null), tuple("192.0.2.1", "connection refused"));
    addresses.answered(at(1));
    assertThat(addresses.status()).allMatch(each -> each.failure() == null);
  }

  @Test
  void aFailureThatGoesOnKeepsItsTime() {
    addresses.replace(List.of(at(1)));
    addresses.failed(at(1), "connection refused");
    AddressStatus first = addresses.status().getFirst();
    addresses.failed(at(1), "connection refused");
    assertThat(addresses.status()).containsExactly(first);
    addresses.failed(at(1), "no connection within 5000 ms");
    assertThat(addresses.status().getFirst().failure()).isEqualTo("no connection within 5000 ms");
  }

  @Test
  void ofAnAddressThatIsGoneNothingIsKept() {
    addresses.replace(List.of(at(1), at(2)));
    addresses.failed(at(1), "connection refused");
    addresses.replace(List.of(at(2)));
    addresses.failed(at(1), "connection refused"); // of a dial that was under way
    addresses.replace(List.of(at(1), at(2)));
    assertThat(addresses.status()).allMatch(each -> each.failure() == null);
    assertThat(addresses.isKnown(at(9))).isFalse();
    assertThat(addresses.isKnown(at(2))).isTrue();
  }

  private static InetSocketAddress at6(int last) {
    return new InetSocketAddress("2001:db8::" + last, 443);
  }

  private static InetSocketAddress at(int last) {
    return new InetSocketAddress("192.0.2." + last, 443);
  }
}
