package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.upstream.Lookups.Speed;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LookupsTest {
  private static final List<InetAddress> FOUND = List.of(InetAddress.ofLiteral("127.0.0.1"));
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  private final CountDownLatch serverIsBack = new CountDownLatch(1);
  private final AtomicInteger running = new AtomicInteger();
  private final List<String> begun = new CopyOnWriteArrayList<>();
  private final Lookups lookups = new Lookups(this::resolve, THREADS);
  private final Answers answers = new Answers();

  /** Keeps all answers, as text. */
  private static final class Answers implements Lookups.Callback {
    private final List<String> texts = new CopyOnWriteArrayList<>();

    @Override
    public void found(List<InetAddress> addresses, Speed speed) {
      texts.add(addresses + " " + speed);
    }

    @Override
    public void failed(String why, Speed speed) {
      texts.add(why + " " + speed);
    }
  }

  @AfterEach
  void endLookups() {
    serverIsBack.countDown();
  }

  @Test
  void silentNamesTakeNoMoreThreadsThanThereAreInSum() {
    for (Speed speed : Speed.values()) {
      for (int i = 0; i < 200; i++) {
        lookups.begin("silent-" + speed + i, speed, answers);
      }
    }
    Await.until("as many as permitted", () -> running.get() == Lookups.MOST);
    assertThat(begun).as("those begun, the others wait").hasSize(Lookups.MOST);
    assertThat(lookups.isWaiting("silent-NEW0")).isFalse();
    assertThat(lookups.isWaiting("silent-NEW199")).isTrue();
    serverIsBack.countDown();
    Await.until("all have their answer", () -> answers.texts.size() == 3 * 200);
  }

  @Test
  void silentNamesDelayNeitherThoseThatAreKnownToAnswerNorNewOnes() {
    for (int i = 0; i < 200; i++) {
      lookups.begin("silent-slow" + i, Speed.SLOW, answers);
    }
    lookups.begin("new", Speed.NEW, answers);
    Await.until("the new one has its answer", () -> answers.texts.size() == 1);
    for (int i = 0; i < 200; i++) {
      lookups.begin("silent-new" + i, Speed.NEW, answers);
    }
    lookups.begin("prompt", Speed.PROMPT, answers);
    Await.until("the prompt one has its answer", () -> answers.texts.size() == 2);
  }

  @Test
  void aNameThatTookLongIsSlowNextTime() throws Exception {
    lookups.begin("silent", Speed.PROMPT, answers);
    Thread.sleep(Lookups.PROMPT_LIMIT.plusMillis(100));
    serverIsBack.countDown();
    Await.until("answered", () -> !answers.texts.isEmpty());
    lookups.begin("silent", Speed.SLOW, answers);
    Await.until("answered again", () -> answers.texts.size() == 2);
    assertThat(answers.texts).containsExactly(FOUND + " SLOW", FOUND + " PROMPT");
  }

  @Test
  void whoeverAsksForANameInTheMeantimeGetsTheSameAnswer() {
    lookups.begin("silent", Speed.NEW, answers);
    lookups.begin("silent", Speed.PROMPT, answers);
    lookups.begin("silent", Speed.SLOW, answers);
    serverIsBack.countDown();
    Await.until("all have their answer", () -> answers.texts.size() == 3);
    assertThat(begun).containsExactly("silent");
  }

  @Test
  void aLookupThatNobodyWantsAnyMoreDoesNotBegin() {
    for (int i = 0; i < Speed.SLOW.threads; i++) {
      lookups.begin("silent" + i, Speed.SLOW, answers);
    }
    lookups.begin("retired", Speed.SLOW, answers);
    lookups.begin("last", Speed.SLOW, answers);
    lookups.cancel("retired", answers);
    serverIsBack.countDown();
    Await.until("the last has its answer", () -> begun.contains("last"));
    assertThat(begun).doesNotContain("retired");
  }

  @Test
  void aThreadThatCannotBeStartedIsAFailedLookupAndOthersDoNotTryAtOnce() throws Exception {
    var threads = new ScarceThreads(1);
    var scarce = new Lookups(this::resolve, threads);
    for (int i = 0; i < 100; i++) {
      scarce.begin("name" + i, Speed.PROMPT, answers);
    }
    assertThat(answers.texts).hasSize(100).containsOnly("no thread for the look-up PROMPT");
    assertThat(threads.attempts()).isEqualTo(1);
    Thread.sleep(Lookups.THREAD_PAUSE);
    scarce.begin("name0", Speed.PROMPT, answers);
    Await.until("answered", () -> answers.texts.contains(FOUND + " PROMPT"));
  }

  @Test
  void withoutAThreadOfItsOwnALookupIsLeftToOneThatRuns() {
    AtomicInteger threads = new AtomicInteger();
    var scarce =
        new Lookups(
            this::resolve,
            task ->
                threads.incrementAndGet() == 1
                    ? THREADS.newThread(task)
                    : new ScarceThreads(1).newThread(task));
    scarce.begin("silent", Speed.PROMPT, answers);
    scarce.begin("other", Speed.PROMPT, answers);
    assertThat(answers.texts).isEmpty();
    serverIsBack.countDown();
    Await.until("both have their answer", () -> answers.texts.size() == 2);
    assertThat(answers.texts).containsOnly(FOUND + " PROMPT");
  }

  @Test
  void whateverAResolverOrARecipientThrowsEndsNoThread() {
    AtomicInteger calls = new AtomicInteger();
    var failing =
        new Lookups(
            host -> {
              switch (calls.incrementAndGet()) {
                case 1 -> throw new UnknownHostException(host);
                case 2 -> throw new IllegalStateException("odd");
                default -> throw new NoClassDefFoundError("gone");
              }
            },
            THREADS);
    for (int i = 0; i < 3 * Lookups.MOST; i++) {
      failing.begin("name", Speed.SLOW, answers);
      int soFar = i + 1;
      Await.until("answered", () -> answers.texts.size() == soFar);
    }
    assertThat(answers.texts)
        .startsWith(
            "not found PROMPT",
            "the look-up failed: java.lang.IllegalStateException: odd PROMPT",
            "the look-up failed: java.lang.NoClassDefFoundError: gone PROMPT");
    for (int i = 0; i < 2 * Speed.SLOW.threads; i++) {
      lookups.begin("name" + i, Speed.SLOW, new Unwilling());
    }
    lookups.begin("last", Speed.SLOW, answers);
    Await.until("answered", () -> answers.texts.contains(FOUND + " PROMPT"));
  }

  /** Whose executor has ended. */
  private static final class Unwilling implements Lookups.Callback {
    @Override
    public void found(List<InetAddress> addresses, Speed speed) {
      throw new IllegalStateException("this test's");
    }

    @Override
    public void failed(String why, Speed speed) {
      throw new IllegalStateException("this test's");
    }
  }

  /** Names that begin with "silent" have an answer once the server is back. */
  private List<InetAddress> resolve(String host) {
    begun.add(host);
    running.incrementAndGet();
    try {
      if (host.startsWith("silent")) {
        assertThat(serverIsBack.await(30, TimeUnit.SECONDS)).isTrue();
      }
      return FOUND;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      running.decrementAndGet();
    }
  }
}
