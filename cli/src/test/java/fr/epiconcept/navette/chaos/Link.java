package fr.epiconcept.navette.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The network between both servers. What it does to them, it says whether this machine can do it.
 */
interface Link extends AutoCloseable {
  /** What it is, for the report. */
  String words();

  /** Where the broker listens; with TLS if that is no loopback. */
  String host();

  boolean hasTls();

  /** Where the worker finds a broker that listens on {@code port}. */
  String url(int port);

  /** What the worker is to stand behind, so that it is at the other end. */
  List<String> workerBehind();

  boolean cut() throws IOException, InterruptedException;

  /** The worker sees its connections end, the broker does not. */
  boolean cutForWorkerOnly() throws IOException, InterruptedException;

  /** Nothing comes through, and nobody is told. */
  boolean silence() throws IOException, InterruptedException;

  /** From a little (0) to much (99). */
  boolean slow(int dose) throws IOException, InterruptedException;

  /** Takes back what was cut or silent. */
  void join() throws IOException, InterruptedException;

  /** Takes back what was slow. */
  void quick() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;

  /**
   * Which link a run has: half of all seeds have each kind, where the machine allows it.
   *
   * @param wanted {@code relay}, {@code namespace}, or anything else: as the seed says
   */
  record Choice(long seed, String wanted) {
    Link make(int port) throws IOException, InterruptedException {
      boolean namespace = wanted.equals("namespace") || (!wanted.equals("relay") && seed % 2 != 0);
      NamespaceLink.sweep();
      return namespace && NamespaceLink.isPossible() ? NamespaceLink.make() : new RelayLink(port);
    }
  }

  /** Below the folder of a configuration: what {@code navette certs create} makes. */
  static Path authority(Path config) {
    return config.resolve("tls/ca.crt");
  }
}
