package fr.epiconcept.navette.flux.file;

import java.util.Map;

/**
 * What kind of file system a folder is on: whether this kernel alone changes it.
 *
 * @param place where its files are
 * @param type its name for the log, {@code ext4} or {@code nfs}; of one without a name here, its
 *     number
 */
public record FileSystemKind(Place place, String type) {
  /** Where the files are. */
  public enum Place {
    /** On this machine: the kernel sees each change and tells it. */
    LOCAL,
    /**
     * Behind a network or another program: others may change it without a word to this kernel. FUSE
     * counts as such, for nobody can tell sshfs from a local one.
     */
    NETWORK
  }

  private static final Map<Long, String> NETWORK =
      Map.ofEntries(
          Map.entry(0x6969L, "nfs"),
          Map.entry(0xFF534D42L, "cifs"),
          Map.entry(0xFE534D42L, "smb2"),
          Map.entry(0x517BL, "smb"),
          Map.entry(0x01021997L, "9p"),
          Map.entry(0x65735546L, "fuse"),
          Map.entry(0x00C36400L, "ceph"),
          Map.entry(0x0BD00BD0L, "lustre"),
          Map.entry(0x47504653L, "gpfs"),
          Map.entry(0x01161970L, "gfs2"),
          Map.entry(0x7461636FL, "ocfs2"),
          Map.entry(0x19830326L, "beegfs"),
          Map.entry(0x5346414FL, "afs"),
          Map.entry(0x6B414653L, "afs"),
          Map.entry(0x73757245L, "coda"),
          Map.entry(0x564CL, "ncp"),
          Map.entry(0x786F4256L, "vboxsf"),
          Map.entry(0xBACBACBCL, "vmhgfs"));

  private static final Map<Long, String> LOCAL =
      Map.ofEntries(
          Map.entry(0xEF53L, "ext4"),
          Map.entry(0x58465342L, "xfs"),
          Map.entry(0x9123683EL, "btrfs"),
          Map.entry(0x2FC12FC1L, "zfs"),
          Map.entry(0xF2F52010L, "f2fs"),
          Map.entry(0x52654973L, "reiserfs"),
          Map.entry(0x01021994L, "tmpfs"),
          Map.entry(0x858458F6L, "ramfs"),
          Map.entry(0x794C7630L, "overlay"),
          Map.entry(0xF15FL, "ecryptfs"),
          Map.entry(0x4D44L, "vfat"),
          Map.entry(0x2011BAB0L, "exfat"));

  /** The kind whose number (statfs's {@code f_type}) is {@code magic}; an unknown one is local. */
  static FileSystemKind of(long magic) {
    String network = NETWORK.get(magic);
    return network != null
        ? new FileSystemKind(Place.NETWORK, network)
        : new FileSystemKind(
            Place.LOCAL, LOCAL.getOrDefault(magic, "0x" + Long.toHexString(magic)));
  }

  /** Whether others may change it without a word to this kernel. */
  public boolean isNetwork() {
    return place == Place.NETWORK;
  }

  /** Its type. */
  @Override
  public String toString() {
    return type;
  }
}
