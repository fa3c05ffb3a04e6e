package io.harborgateway.certs;

import static io.harborgateway.certs.TestCertificates.authority;
import static io.harborgateway.certs.TestCertificates.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.certs.CertificateCatalogue.Duplicate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateCatalogueTest {
  @Test
  void findsByExactNameThenByWildcard() throws Exception {
    InstanceCertificate wildcard =
        instance(authority(), Duration.ofDays(300), "*.example.com", "other.test");
    InstanceCertificate exact = instance("a.example.com");
    var catalogue = CertificateCatalogue.of(List.of(wildcard, exact));
    assertThat(catalogue.find("a.example.com")).containsSame(exact);
    assertThat(catalogue.find("b.example.com")).containsSame(wildcard);
    assertThat(catalogue.find("other.test")).containsSame(wildcard);
    for (String unknown :
        List.of("example.com", "a.b.example.com", "*.example.com", "x", "", ".")) {
      assertThat(catalogue.find(unknown)).as(unknown).isEmpty();
    }
    assertThat(catalogue.duplicates()).isEmpty();
    assertThat(catalogue.certificates()).containsExactly(wildcard, exact);
  }

  @Test
  void theLongerValidOneTakesAName() throws Exception {
    InstanceCertificate old = instance(authority(), Duration.ofDays(10), "b.test", "a.test");
    InstanceCertificate renewed = instance(authority(), Duration.ofDays(40), "a.test", "b.test");
    for (var order : List.of(List.of(old, renewed), List.of(renewed, old))) {
      var catalogue = CertificateCatalogue.of(order);
      assertThat(catalogue.find("a.test")).containsSame(renewed);
      assertThat(catalogue.duplicates())
          .containsExactly(
              new Duplicate("a.test", renewed, old), new Duplicate("b.test", renewed, old));
    }
  }

  @Test
  void theFirstOfEquallyLongOnesTakesAName() throws Exception {
    InstanceCertificate first = instance("a.test");
    InstanceCertificate second = instance("a.test");
    assertThat(CertificateCatalogue.of(List.of(first, second)).find("a.test")).containsSame(first);
    assertThat(CertificateCatalogue.of(List.of(second, first)).find("a.test")).containsSame(second);
  }

  @Test
  void theSameCertificateTwiceIsNoDuplicate() throws Exception {
    InstanceCertificate one = instance("a.test");
    InstanceCertificate again = InstanceCertificate.of(one.chain(), one.key());
    var catalogue = CertificateCatalogue.of(List.of(one, again));
    assertThat(catalogue.certificates()).containsExactly(one);
    assertThat(catalogue.duplicates()).isEmpty();
  }
}
