package fr.epiconcept.navette.flux.fastcgi;

import java.io.IOException;

/** What came is no FastCGI, or more than any php-fpm sends. */
final class BrokenAnswer extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenAnswer(String what) {
    super(what);
  }
}
