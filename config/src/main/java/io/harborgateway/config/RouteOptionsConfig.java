package io.harborgateway.config;

import io.harborgateway.config.values.LoadBalancing;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How the routers treat one route differently from others.
 *
 * @param loadBalancing null: the routers' own default
 * @param hashHeader the field whose value chooses the node; set if and only if {@link
 *     LoadBalancing#HASH} is
 * @param hashBalance load a node may have, as a multiple of the average, before others are chosen;
 *     0: no limit; otherwise 1.1 or more; null: not sent, same as 0
 * @param policy null: everyone may call
 */
public record RouteOptionsConfig(
    @Nullable LoadBalancing loadBalancing,
    @Nullable String hashHeader,
    @Nullable BigDecimal hashBalance,
    @Nullable RoutePolicyConfig policy) {

  /** All defaults. */
  public static final RouteOptionsConfig NONE = new RouteOptionsConfig(null, null, null, null);

  /** The least {@code hashBalance} above 0. */
  public static final BigDecimal LEAST_HASH_BALANCE = new BigDecimal("1.1");

  /** Whether routers accept this factor. */
  public static boolean isHashBalance(BigDecimal factor) {
    return factor.signum() == 0 || factor.compareTo(LEAST_HASH_BALANCE) >= 0;
  }
}
