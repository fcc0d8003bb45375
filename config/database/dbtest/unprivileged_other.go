//go:build !linux

package dbtest

import "syscall"

func attributes() *syscall.SysProcAttr { return nil }

func giveAway(string) error { return nil }

func running(int) bool { return true }
