package fr.epiconcept.navette.chaos;

import static fr.epiconcept.navette.chaos.Way.LINKED;
import static fr.epiconcept.navette.chaos.Way.MARKED_CUT;
import static fr.epiconcept.navette.chaos.Way.OLD;
import static fr.epiconcept.navette.chaos.Way.RENAMED;
import static fr.epiconcept.navette.chaos.Way.SAME_NAME;
import static fr.epiconcept.navette.chaos.Way.SFTP;
import static fr.epiconcept.navette.chaos.Way.SFTP_CUT;
import static fr.epiconcept.navette.chaos.Way.SLOW;

import java.util.List;
import java.util.Locale;

/** The fluxes of a run: each has something of its own to go wrong. */
@SuppressWarnings("ImmutableEnumChecker") // all made by List.of
enum Flux {
  /** One file after the other; some ask for another run, some fail. */
  ORDERED(500, List.of(RENAMED, SAME_NAME, OLD), List.of(), List.of()),
  /** Four at once; thousands come in a burst. */
  FOUR(300, List.of(RENAMED, LINKED, SAME_NAME, SFTP, OLD), List.of(), List.of("concurrency: 4")),
  /** Tens of megabytes, by SFTP. */
  LARGE(6_000, List.of(SFTP, SFTP_CUT, RENAMED), List.of(), List.of("concurrency: 2")),
  /** Written slowly, cut and begun again under the final name: a marker says when it is whole. */
  MARKED(
      1_500,
      List.of(SLOW, Way.MARKED, MARKED_CUT),
      List.of("ready: {rescan: 2s, marker: \".ok/{name}\"}"),
      List.of("concurrency: 2")),
  /** A file that fails stops it until the operator comes. */
  STRICT(900, List.of(RENAMED), List.of(), List.of("on-failure: stop")),
  /** Some are refused by the check. */
  CHECKED(500, List.of(RENAMED, LINKED, SFTP), List.of(), List.of("concurrency: 2")),
  /** Scripts that crash, hang, ignore TERM, fork, shout, and delete their input. */
  WILD(700, List.of(RENAMED, LINKED), List.of(), List.of("concurrency: 3", "timeout: 2s")),
  /** Whose script was interrupted waits for a person, and is never run again. */
  ONCE(500, List.of(RENAMED), List.of(), List.of("concurrency: 2", "on-interrupt: hold")),
  /** Navette visits the partner's server. It tells times in seconds: these have no others. */
  FETCHED(900, List.of(OLD), List.of(), List.of("concurrency: 2")),
  /** One after the other, the spool and the worker's archive on another disk than all else. */
  ELSEWHERE(700, List.of(RENAMED, OLD), List.of(), List.of()),
  /** In sub-folders of the inbox, one file after the other whatever its folder. */
  DEEP(900, List.of(RENAMED, OLD), List.of("recursive: true"), List.of("recursive: true")),
  /** Two workers, of which one is active. */
  PAIR(900, List.of(RENAMED), List.of("takeover: 1m"), List.of()),
  /** Two workers that share the work. */
  SHARED(
      700,
      List.of(RENAMED, OLD),
      List.of("workers: sharing", "takeover: 1m"),
      List.of("concurrency: 2", "ahead: 4"));

  /** Between two deposits, in milliseconds, on the average. */
  final int pace;

  final List<Way> ways;
  final List<String> ingestLines;
  final List<String> workerLines;

  Flux(int pace, List<Way> ways, List<String> ingestLines, List<String> workerLines) {
    this.pace = pace;
    this.ways = ways;
    this.ingestLines = ingestLines;
    this.workerLines = workerLines;
  }

  /** Its name in the configuration. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether its files are promised to be processed in the order of their arrival. */
  boolean isOrdered() {
    return workerLines.stream().noneMatch(line -> line.startsWith("concurrency"));
  }

  boolean hasSeveralWorkers() {
    return this == PAIR || this == SHARED;
  }

  /** Where partners may put a file below the inbox; empty: at its top. */
  List<String> subFolders() {
    return this == DEEP ? List.of("", "a", "a/b", "été 2026/lot") : List.of("");
  }

  boolean hasMarkers() {
    return ways.contains(Way.MARKED);
  }
}
