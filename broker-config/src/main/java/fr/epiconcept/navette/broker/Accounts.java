package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.DurableFile;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec;
import org.apache.activemq.artemis.utils.PasswordMaskingUtil;

/**
 * The accounts in {@code artemis-users.properties} (name and hash) and {@code
 * artemis-roles.properties} (role and names). A running broker takes a change up within seconds.
 *
 * <p>Each change is made alone, also against other processes, and each file is replaced whole.
 */
public final class Accounts {
  static final String USERS = "artemis-users.properties";
  static final String ROLES = "artemis-roles.properties";
  private static final String LOCK = ".lock";

  // The group may read: ingest runs under it, and the one who adds accounts is often root.
  private static final String MODE = "rw-r-----";
  private static final Set<PosixFilePermission> FOLDER_MODE =
      PosixFilePermissions.fromString("rwxr-x---");

  private final Path folder;

  /**
   * Names the folder; nothing is read yet.
   *
   * @param folder {@code ingest.broker.accounts} of {@code navette.yml}; made at the first account
   */
  public Accounts(Path folder) {
    this.folder = folder;
  }

  /**
   * Adds a worker's account.
   *
   * @return false if there is one of that name already, which is not changed then
   */
  public boolean add(String account, Set<FluxName> fluxes, char[] password) throws IOException {
    return add(new Account(checked(account), fluxes, false), password);
  }

  /**
   * Adds an account that may do everything, the stock {@code artemis} command included.
   *
   * @return false if there is one of that name already, which is not changed then
   */
  public boolean addAdmin(String account, char[] password) throws IOException {
    return add(new Account(checked(account), Set.of(), true), password);
  }

  private boolean add(Account account, char[] password) throws IOException {
    String hash = hashed(account.name(), password);
    return alone(
        () -> {
          NavigableMap<String, String> users = users();
          if (users.putIfAbsent(account.name(), hash) != null) {
            return false;
          }
          // The roles first: an account that can log in has all it needs.
          give(account);
          writeUsers(users);
          return true;
        });
  }

  /**
   * Gives the account another password: from now on the old one opens no new link. Those that are
   * open stay.
   *
   * @return whether there is such an account
   */
  public boolean rotate(String account, char[] password) throws IOException {
    String hash = hashed(checked(account), password);
    return alone(
        () -> {
          NavigableMap<String, String> users = users();
          boolean there = users.replace(account, hash) != null;
          if (there) {
            writeUsers(users);
          }
          return there;
        });
  }

  /**
   * Gives a worker's account exactly these fluxes. A broker closes its links if it lost one.
   *
   * @param change from the fluxes it has to those it shall have
   * @return the account as it is now, or nothing if there is no such account
   * @throws IllegalArgumentException if it is an administrator's, which has none
   */
  public Optional<Account> reassign(String account, UnaryOperator<Set<FluxName>> change)
      throws IOException {
    checked(account);
    return alone(
        () -> {
          if (!users().containsKey(account)) {
            return Optional.empty();
          }
          Account old = account(account, roles());
          if (old.admin()) {
            throw new IllegalArgumentException(
                account + " is an administrator: it reaches all fluxes");
          }
          Account now = new Account(account, change.apply(new TreeSet<>(old.fluxes())), false);
          give(now);
          return Optional.of(now);
        });
  }

  /**
   * Removes the account. A running broker closes its links within seconds, and at its next start
   * removes the queue of its receipts.
   *
   * @return whether there was one
   */
  public boolean remove(String account) throws IOException {
    checked(account);
    return alone(
        () -> {
          NavigableMap<String, String> users = users();
          boolean there = users.remove(account) != null;
          NavigableMap<String, NavigableSet<String>> roles = roles();
          boolean hadRoles = takeOut(account, roles);
          if (there || hadRoles) {
            // The hash goes first: without it the roles open nothing.
            writeUsers(users);
            writeRoles(roles);
          }
          return there;
        });
  }

  /** All accounts, by name. */
  public List<Account> list() throws IOException {
    NavigableMap<String, NavigableSet<String>> roles = roles();
    return users().keySet().stream().map(name -> account(name, roles)).toList();
  }

  /** Whether {@code password} is the account's; of an account that is not there it is not. */
  public boolean hasPassword(String account, char[] password) throws IOException {
    String hash = users().get(checked(account));
    return hash != null && PasswordMaskingUtil.getHashProcessor(hash).compare(password, hash);
  }

  /** Gives the account the roles that go with it, and no others. */
  private void give(Account account) throws IOException {
    NavigableMap<String, NavigableSet<String>> roles = roles();
    takeOut(account.name(), roles);
    roleNames(account)
        .forEach(role -> roles.computeIfAbsent(role, r -> new TreeSet<>()).add(account.name()));
    writeRoles(roles);
  }

  /** The kernel ends the lock with the process, however that dies. */
  private <T> T alone(Change<T> change) throws IOException {
    makeFolder();
    // The lock is one between processes; within one, Java refuses a second instead of waiting.
    synchronized (Accounts.class) {
      try (FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.lock();
        return change.make();
      }
    }
  }

  /** With the group of the folder above: files in it get theirs from here. */
  private void makeFolder() throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder.getParent());
      DurableFile.makeFolderForSameOwner(folder);
      Files.setPosixFilePermissions(folder, FOLDER_MODE);
    }
  }

  private interface Change<T> {
    T make() throws IOException;
  }

  private static Stream<String> roleNames(Account account) {
    if (account.admin()) {
      return Stream.of(Addresses.ADMIN);
    }
    return Stream.concat(
        Stream.of(Addresses.WORKERS, Addresses.workerRole(account.name())),
        account.fluxes().stream().map(Addresses::fluxRole));
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
  private static String hashed(String account, char[] password) throws IOException {
    if (password.length == 0) {
      throw new IllegalArgumentException("the password of '" + account + "' is empty");
    }
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
      } catch (IllegalArgumentException | CharacterCodingException e) {
        throw new IOException("cannot read " + path + ": " + BrokerXml.oneLine(e), e);
      }
    }
    return properties;
  }

  private void writeUsers(NavigableMap<String, String> users) throws IOException {
    StringBuilder text = new StringBuilder("# Written by navette accounts: account = hash\n");
    users.forEach((name, hash) -> line(text, name, hash));
    write(USERS, text);
  }

  private void writeRoles(NavigableMap<String, NavigableSet<String>> roles) throws IOException {
    StringBuilder text = new StringBuilder("# Written by navette accounts: role = accounts\n");
    roles.forEach((role, members) -> line(text, role, String.join(",", members)));
    write(ROLES, text);
  }

  /**
   * The broker reads a file again if its time is later than that of the last reading. A login
   * between writing and renaming would leave the new file older than that for ever: so its time is
   * set once it stands there.
   */
  private void write(String file, StringBuilder text) throws IOException {
    Path path = folder.resolve(file);
    DurableFile.replaceForSameOwner(path, text.toString(), MODE);
    Files.setLastModifiedTime(path, FileTime.fromMillis(InstantSource.system().millis() + 1));
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(escaped(key)).append(" = ").append(value.replace("\\", "\\\\")).append('\n');
  }

  /** Keys that somebody wrote by hand may hold what properties files give a meaning. */
  private static String escaped(String key) {
    return key.replaceAll("([\\\\:=#! ])", "\\\\$1");
  }
}
