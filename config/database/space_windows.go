package database

import (
	"os"

	"golang.org/x/sys/windows"
)

// Free is how many bytes this user can still write on the disk of a directory.
func Free(dir string) (int64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, &os.PathError{Op: "free space", Path: dir, Err: err}
	}
	return int64(free), nil
}

// Writable tells why this user can't write in a directory; nil: as far as its attributes tell, they can. It writes nothing.
func Writable(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && info.Mode().Perm()&0o200 == 0 {
		err = &os.PathError{Op: "access", Path: dir, Err: os.ErrPermission}
	}
	return err
}
