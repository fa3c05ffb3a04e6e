package io.harborgateway.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for each event that there is. */
final class NodeEventTest {
  private static final String ENDLESS = "x".repeat(100_000);

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(NodeEventTest::records);
  }

  private static NodeEvent withLongTexts(Class<?> type) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return (NodeEvent)
          constructor.newInstance(Arrays.stream(types).map(NodeEventTest::some).toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object some(Class<?> type) {
    if (type == String.class) {
      return ENDLESS;
    }
    if (type == Instant.class) {
      return Instant.EPOCH;
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == DrainEvent.Phase.class) {
      return DrainEvent.Phase.BEGUN;
    }
    if (type == RouteEvent.State.class) {
      return RouteEvent.State.HELD;
    }
    return type == int.class ? (Object) 7 : (Object) 7L;
  }

  private static List<NodeEvent> all() {
    // One that is in each of its states another kind.
    Stream<NodeEvent> moved =
        Arrays.stream(RouteEvent.State.values())
            .filter(state -> state != RouteEvent.State.HELD)
            .map(state -> new RouteEvent.Moved(ENDLESS, state, ENDLESS));
    return Stream.concat(records(NodeEvent.class).map(NodeEventTest::withLongTexts), moved)
        .toList();
  }

  @Test
  void eachHasAKindOfItsOwn() {
    Set<NodeEventKind> kinds = EnumSet.noneOf(NodeEventKind.class);

    assertThat(all()).allSatisfy(event -> assertThat(kinds.add(event.kind())).isTrue());

    assertThat(kinds).containsExactly(NodeEventKind.values());
    assertThat(kinds).allSatisfy(kind -> assertThat(kind.toString()).matches("[a-z]+(-[a-z]+)*"));
  }

  /** The ring keeps them for as long as the process runs. */
  @Test
  void eachIsBounded() {
    assertThat(all())
        .allSatisfy(event -> {
          assertThat(event.text()).isNotBlank().hasSizeLessThan(2 * EventFields.LONGEST);
          assertThat(event.subject()).hasSizeLessThanOrEqualTo(2 * EventFields.LONGEST + 1);
          assertThat(event.fields().values())
              .allSatisfy(value ->
                  assertThat(value.toString()).hasSizeLessThanOrEqualTo(EventFields.LONGEST));
        });
  }

  @Test
  void whatIsTooLongEndsBetweenCharacters() {
    String text = EventFields.text("x".repeat(EventFields.LONGEST - 2) + "😀😀");

    assertThat(text).isEqualTo("x".repeat(EventFields.LONGEST - 2) + "…");
  }
}
