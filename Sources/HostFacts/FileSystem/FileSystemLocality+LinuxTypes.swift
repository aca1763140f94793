extension FileSystemLocality {
  /// Judges the `f_type` of statfs(2): local only where the type is on the list of those one machine mounts at a time.
  ///
  /// File systems stacked on others that may be remote (ecryptfs, aufs) are not on it; overlayfs is, because its upper
  /// layer can't be on NFS or FUSE in practice.
  package init(linuxType type: UInt32) {
    if let name = Self.localTypes[type] {
      self = .local(name)
    } else {
      self = .shared(Self.sharedTypes[type] ?? "0x" + String(type, radix: 16))
    }
  }

  private static let localTypes: [UInt32: String] = [
    0xef53: "ext", 0x5846_5342: "xfs", 0x9123_683e: "btrfs", 0x2fc1_2fc1: "zfs", 0xca45_1a4e: "bcachefs",
    0xf2f5_2010: "f2fs", 0x3153_464a: "jfs", 0x3434: "nilfs2", 0x5265_4973: "reiserfs",
    0x5234_5362: "reiser4",
    0x794c_7630: "overlayfs", 0x0102_1994: "tmpfs", 0x8584_58f6: "ramfs",
    0x4d44: "vfat", 0x2011_bab0: "exfat", 0x7366_746e: "ntfs3", 0x5346_544e: "ntfs",
    0x482b: "hfs+", 0x4244: "hfs", 0x4253_584e: "apfs", 0x0001_1954: "ufs", 0x5419_0100: "ufs",
    0x137f: "minix", 0x138f: "minix", 0x2468: "minix", 0x2478: "minix", 0x4d5a: "minix",
    0x9660: "iso9660", 0x1501_3346: "udf", 0x7371_7368: "squashfs", 0xe0f5_e1e2: "erofs",
  ]

  private static let sharedTypes: [UInt32: String] = [
    0x6969: "nfs", 0xff53_4d42: "cifs", 0xfe53_4d42: "smb2", 0x517b: "smb", 0x6573_5546: "fuse",
    0x0102_1997: "9p", 0x00c3_6400: "ceph", 0x0bd0_0bd0: "lustre", 0x0116_1970: "gfs2",
    0x7461_636f: "ocfs2", 0x5346_414f: "afs", 0x6b41_4653: "afs", 0x1983_0326: "beegfs",
    0x4750_4653: "gpfs", 0xaad7_aaea: "panfs", 0x7375_7245: "coda", 0x786f_4256: "vboxsf",
    0xbacb_acbc: "vmhgfs", 0x7c7c_6673: "prl_fs", 0xf15f: "ecryptfs", 0x6175_6673: "aufs", 0x0187: "autofs",
    0x564c: "ncp", 0x6163_6673: "acfs", 0xa501_fcf5: "vxfs", 0x0131_11a8: "ibrix",
  ]
}
