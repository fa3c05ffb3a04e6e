package io.harborgateway.config;

import io.harborgateway.config.values.LoadBalancing;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What the routers do for one route in another way than for others.
 *
 * @param loadBalancing null: their own choice
 * @param hashHeader the field whose value chooses the node; set exactly with {@link
 *     LoadBalancing#HASH}
 * @param hashBalance how many times the average load a node may have before others are chosen; 0:
 *     any; otherwise 1.1 or more; null: not said, as 0
 * @param policy null: everybody may call
 */
public record RouteOptionsConfig(
    @Nullable LoadBalancing loadBalancing,
    @Nullable String hashHeader,
    @Nullable BigDecimal hashBalance,
    @Nullable RoutePolicyConfig policy) {

  /** Nothing but what is usual. */
  public static final RouteOptionsConfig NONE = new RouteOptionsConfig(null, null, null, null);

  /** The least {@code hashBalance} above 0. */
  public static final BigDecimal LEAST_HASH_BALANCE = new BigDecimal("1.1");

  /** Whether routers take this factor. */
  public static boolean isHashBalance(BigDecimal factor) {
    return factor.signum() == 0 || factor.compareTo(LEAST_HASH_BALANCE) >= 0;
  }
}
