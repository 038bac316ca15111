package fr.epiconcept.navette.installed;

/** Who types commands and writes files on hosts, as root. */
interface Typist {
  Answer run(String host, String command) throws Exception;

  void write(String host, String path, String content) throws Exception;
}
