package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.DurableFile;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec;
import org.apache.activemq.artemis.utils.PasswordMaskingUtil;

/**
 * The accounts in {@code artemis-users.properties} (name and hash) and {@code
 * artemis-roles.properties} (role and names). A running broker sees a change within seconds.
 *
 * <p>One writer at a time: two commands at once may lose one of the two changes, never a whole
 * file.
 */
public final class Accounts {
  static final String USERS = "artemis-users.properties";
  static final String ROLES = "artemis-roles.properties";

  // The group may read: ingest runs under it, and the one who adds accounts is often root.
  private static final String MODE = "rw-r-----";

  private final Path folder;

  /**
   * Names the folder; nothing is read yet.
   *
   * @param folder {@code ingest.broker.accounts} of {@code navette.yml}; made at the first account
   */
  public Accounts(Path folder) {
    this.folder = folder;
  }

  /** Adds a worker account, or gives it this password and exactly these fluxes. */
  public void add(String account, Set<FluxName> fluxes, char[] password) throws IOException {
    put(account, fluxes, password, false);
  }

  /** Adds an account that may do everything, the stock {@code artemis} command included. */
  public void addAdmin(String account, char[] password) throws IOException {
    put(account, Set.of(), password, true);
  }

  /**
   * Removes the account. Links that it holds open go on until they break.
   *
   * @return whether there was one
   */
  public boolean remove(String account) throws IOException {
    NavigableMap<String, String> users = users();
    boolean there = users.remove(checked(account)) != null;
    NavigableMap<String, NavigableSet<String>> roles = roles();
    boolean hadRoles = takeOut(account, roles);
    if (there || hadRoles) {
      // The hash goes first: without it the roles open nothing.
      writeUsers(users);
      writeRoles(roles);
    }
    return there;
  }

  /** All accounts, by name. */
  public List<Account> list() throws IOException {
    NavigableMap<String, NavigableSet<String>> roles = roles();
    return users().keySet().stream().map(name -> account(name, roles)).toList();
  }

  private void put(String account, Set<FluxName> fluxes, char[] password, boolean admin)
      throws IOException {
    checked(account);
    if (password.length == 0) {
      throw new IllegalArgumentException("the password of '" + account + "' is empty");
    }
    NavigableMap<String, String> users = users();
    users.put(account, hashed(password));
    NavigableMap<String, NavigableSet<String>> roles = roles();
    takeOut(account, roles);
    roleNames(account, fluxes, admin)
        .forEach(role -> roles.computeIfAbsent(role, r -> new TreeSet<>()).add(account));
    // The roles first: an account that can log in has all it needs.
    writeRoles(roles);
    writeUsers(users);
  }

  private static Stream<String> roleNames(String account, Set<FluxName> fluxes, boolean admin) {
    if (admin) {
      return Stream.of(Addresses.ADMIN);
    }
    return Stream.concat(
        Stream.of(Addresses.WORKERS, Addresses.workerRole(account)),
        fluxes.stream().map(Addresses::fluxRole));
  }

  private static Account account(String name, Map<String, NavigableSet<String>> roles) {
    Set<FluxName> fluxes = new TreeSet<>();
    roles.forEach(
        (role, members) -> {
          if (members.contains(name) && role.startsWith(Addresses.ALL_FLUXES)) {
            FluxName.parse(role.substring(Addresses.ALL_FLUXES.length())).ifPresent(fluxes::add);
          }
        });
    boolean admin = roles.getOrDefault(Addresses.ADMIN, new TreeSet<>()).contains(name);
    return new Account(name, fluxes, admin);
  }

  private static boolean takeOut(String account, Map<String, NavigableSet<String>> roles) {
    boolean was = false;
    for (NavigableSet<String> members : roles.values()) {
      was |= members.remove(account);
    }
    roles.values().removeIf(Set::isEmpty);
    return was;
  }

  /** One way, salted, as {@code artemis mask --hash} does it. */
  private static String hashed(char[] password) throws IOException {
    try {
      DefaultSensitiveStringCodec codec = new DefaultSensitiveStringCodec();
      codec.init(
          Map.of(DefaultSensitiveStringCodec.ALGORITHM, DefaultSensitiveStringCodec.ONE_WAY));
      return PasswordMaskingUtil.wrap(codec.encode(new String(password)));
    } catch (Exception e) {
      throw new IOException("this Java runtime cannot hash passwords: " + BrokerXml.oneLine(e), e);
    }
  }

  static String checked(String account) {
    if (FluxName.parse(account).isEmpty()) {
      throw new IllegalArgumentException("'" + account + "' is no account name: " + FluxName.RULE);
    }
    return account;
  }

  private NavigableMap<String, String> users() throws IOException {
    NavigableMap<String, String> users = new TreeMap<>();
    Properties read = read(USERS);
    read.stringPropertyNames().forEach(name -> users.put(name, read.getProperty(name)));
    return users;
  }

  private NavigableMap<String, NavigableSet<String>> roles() throws IOException {
    NavigableMap<String, NavigableSet<String>> roles = new TreeMap<>();
    Properties read = read(ROLES);
    for (String role : read.stringPropertyNames()) {
      NavigableSet<String> members = new TreeSet<>();
      Arrays.stream(read.getProperty(role).split(",", -1))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .forEach(members::add);
      roles.put(role, members);
    }
    return roles;
  }

  private Properties read(String file) throws IOException {
    Properties properties = new Properties();
    Path path = folder.resolve(file);
    if (Files.exists(path)) {
      try (Reader in = Files.newBufferedReader(path)) {
        properties.load(in);
      } catch (IllegalArgumentException e) {
        throw new IOException("cannot read " + path + ": " + BrokerXml.oneLine(e), e);
      }
    }
    return properties;
  }

  private void writeUsers(NavigableMap<String, String> users) throws IOException {
    StringBuilder text = new StringBuilder("# Written by navette accounts: account = hash\n");
    users.forEach((name, hash) -> line(text, name, hash));
    DurableFile.replace(folder.resolve(USERS), text.toString(), MODE);
  }

  private void writeRoles(NavigableMap<String, NavigableSet<String>> roles) throws IOException {
    StringBuilder text = new StringBuilder("# Written by navette accounts: role = accounts\n");
    roles.forEach((role, members) -> line(text, role, String.join(",", members)));
    DurableFile.replace(folder.resolve(ROLES), text.toString(), MODE);
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(escaped(key)).append(" = ").append(value.replace("\\", "\\\\")).append('\n');
  }

  /** Keys that somebody wrote by hand may hold what properties files give a meaning. */
  private static String escaped(String key) {
    return key.replaceAll("([\\\\:=#! ])", "\\\\$1");
  }
}
