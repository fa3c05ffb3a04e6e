package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameFilterTest {
  private final NameFilter filter = new NameFilter(List.of("a.example.com", "b.example.com/path"));

  private boolean mayName(String json) {
    return filter.mayName(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'uris':['a.example.com'],'host':'h'}",
        "{'host':'h','uris' : [ 'x' ,\n'A.Example.COM' ]}",
        "{'uris':['x','y','b.example.com/path']}",
        "{'tags':{'uris':'none'},'uris':['a.example.com']}",
        "{'uris':['\\u0061.example.com']}"
      })
  void aMessageThatNamesOne(String json) {
    assertThat(mayName(json)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'uris':['xa.example.com','a.example.com.','example.com'],'host':'a.example.com'}",
        "{'uris':[],'tags':{'x':'a.example.com'}}",
        "{'uris':['a.example.co",
        "{'uris':[",
        "{'uris'",
        "'uris'",
        "{'uri':['a.example.com']}",
        ""
      })
  void aMessageThatNamesNone(String json) {
    assertThat(mayName(json)).isFalse();
  }

  @Test
  void eachOfThousandsOfNamesIsFoundAndHardlyAnotherOne() {
    List<String> names =
        IntStream.range(0, 10_000).mapToObj(i -> "g" + i + ".example.com").toList();
    var many = new NameFilter(names);
    assertThat(names).allMatch(name -> many.mayName(message(name)));
    assertThat(IntStream.range(10_000, 20_000).filter(i -> many.mayName(message("g" + i))).count())
        .isZero();
  }

  private static byte[] message(String name) {
    return ("{\"uris\":[\"" + name + "\"]}").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void noNamesAreNamedByNobody() {
    assertThat(new NameFilter(List.of()).mayName(message(""))).isFalse();
  }
}
