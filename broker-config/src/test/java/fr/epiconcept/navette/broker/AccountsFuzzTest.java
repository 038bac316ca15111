package fr.epiconcept.navette.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class AccountsFuzzTest {
  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("accounts");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    for (String name : List.of(Accounts.USERS, Accounts.ROLES, ".lock", "era")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }

  @Provide
  Arbitrary<byte[]> files() {
    Arbitrary<byte[]> lines =
        Arbitraries.of(
                "w1 = ENC(1024:AA:BB)\n",
                "workers = w1,w2\n",
                "flux.labo = w1\n",
                "=",
                ":",
                "\\",
                "\\u",
                "\\u00e9",
                "\\uZZZZ",
                "\n",
                "#",
                "!",
                ",",
                " ",
                "admin = w1\n",
                "flux. = w1\n",
                "flux.a.b = w1\n",
                "era=0",
                "token=",
                "next=",
                "é",
                "a\\=b")
            .list()
            .ofMaxSize(15)
            .map(words -> String.join("", words).getBytes(UTF_8));
    return Arbitraries.oneOf(lines, Arbitraries.bytes().array(byte[].class).ofMaxSize(80));
  }

  @Property
  void whateverTheAccountFilesHoldTheyAreReadOrRefusedByName(
      @ForAll("files") byte[] users, @ForAll("files") byte[] roles) throws IOException {
    Files.write(folder.resolve(Accounts.USERS), users);
    Files.write(folder.resolve(Accounts.ROLES), roles);
    Accounts accounts = new Accounts(folder);
    List<Account> before;
    try {
      before = accounts.list();
    } catch (IOException refused) {
      assertTrue(refused.toString().contains("artemis-"), refused.toString());
      return;
    }
    Set<FluxName> fluxes = Set.of(new FluxName("radio"));
    boolean admin = before.stream().anyMatch(a -> a.name().equals("w1") && a.admin());
    if (!admin) {
      Optional<Account> now = accounts.reassign("w1", old -> fluxes);
      now.ifPresent(account -> assertEquals(fluxes, account.fluxes()));
    }
    List<String> names = before.stream().map(Account::name).toList();
    assertEquals(names, accounts.list().stream().map(Account::name).toList());
  }

  @Property
  void whateverTheFileOfTheEraHoldsIsAnEraOrNone(@ForAll("files") byte[] bytes) throws IOException {
    Path file = folder.resolve("era");
    Files.write(file, bytes);
    EraKeeper.Known.read(file).ifPresent(known -> assertFalse(known.era() == null));
  }
}
