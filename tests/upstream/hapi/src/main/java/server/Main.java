package server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.FifoMemoryPagingProvider;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import java.io.FileReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;

/**
 * HAPI's RestfulServer over TLS on a free loopback port, with the resources of one Bundle in memory.
 *
 * <p>Arguments: certificate (PEM), private key (PEM, PKCS#8), Bundle (JSON). Prints its base address, and ends with its
 * standard input.
 */
public final class Main {
    private static final List<String> TYPES = List.of(
            "Patient",
            "Observation",
            "DiagnosticReport",
            "Condition",
            "MedicationRequest",
            "MedicationAdministration",
            "MedicationStatement",
            "Procedure",
            "Specimen");

    public static void main(String[] arguments) throws Exception {
        FhirContext fhir = FhirContext.forR4Cached();
        Bundle bundle = fhir.newJsonParser().parseResource(Bundle.class, new FileReader(arguments[2]));
        Map<String, List<Resource>> byType = bundle.getEntry().stream()
                .map(Bundle.BundleEntryComponent::getResource)
                .collect(Collectors.groupingBy(Resource::fhirType));
        List<IResourceProvider> providers = new ArrayList<>();
        for (String type : TYPES) {
            providers.add(new Shelf(fhir, type, byType.getOrDefault(type, List.of())));
        }
        RestfulServer servlet = new RestfulServer(fhir);
        servlet.setResourceProviders(providers);
        servlet.setPagingProvider(new FifoMemoryPagingProvider(100).setDefaultPageSize(10).setMaximumPageSize(200));

        Server server = new Server();
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStore(keyStore(Path.of(arguments[0]), Path.of(arguments[1])));
        tls.setKeyStorePassword("");
        HttpConfiguration https = new HttpConfiguration();
        https.addCustomizer(new SecureRequestCustomizer());
        ServerConnector connector = new ServerConnector(server, tls, new HttpConnectionFactory(https));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(servlet), "/fhir/*");
        server.setHandler(context);
        server.start();
        System.out.println("https://localhost:" + connector.getLocalPort() + "/fhir");
        // the test holds the other end: when it is gone, so is this server
        while (System.in.read() >= 0) {}
        server.stop();
        System.exit(0);
    }

    private static KeyStore keyStore(Path certificate, Path key) throws Exception {
        Certificate own;
        try (var pem = Files.newInputStream(certificate)) {
            own = CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
        String text = Files.readString(key, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text));
        PrivateKey secret = KeyFactory.getInstance("EC").generatePrivate(spec);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", secret, new char[0], new Certificate[] {own});
        return store;
    }
}
