package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
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

  private static InetSocketAddress at(int last) {
    return new InetSocketAddress("192.0.2." + last, 443);
  }
}
