package wechat

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/mdp/qrterminal/v3"
	"rsc.io/qr"
)

// What a phone must see to log the bot in, and where WeChat shows the same as a picture.
const (
	scanURL  = "https://login.weixin.qq.com/l/"
	imageURL = "https://login.weixin.qq.com/qrcode/"
)

// code is a login code that waits to be scanned, in the terminal and as a file.
type code struct {
	out  io.Writer
	file string
}

// show draws the code of a login. What can't be drawn is told, since the other ways may do.
func (c code) show(uuid string) error {
	uuid = strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_=", r)) {
			return r
		}
		return -1
	}, uuid)
	fmt.Fprintf(c.out, "\nScan this with WeChat on the bot's phone:\n\n")
	qrterminal.GenerateWithConfig(scanURL+uuid, qrterminal.Config{
		Level: qrterminal.L, Writer: c.out, HalfBlocks: true, QuietZone: 2,
		BlackChar: qrterminal.BLACK_BLACK, WhiteChar: qrterminal.WHITE_WHITE,
		BlackWhiteChar: qrterminal.BLACK_WHITE, WhiteBlackChar: qrterminal.WHITE_BLACK,
	})
	fmt.Fprintf(c.out, "\nor open %s%s\n", imageURL, uuid)
	drawn, err := qr.Encode(scanURL+uuid, qr.L)
	if err != nil {
		return fmt.Errorf("draw the login code: %w", err)
	}
	if err := writeFile(c.file, drawn.PNG()); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "or the file %s\n", c.file)
	return nil
}

// read is the picture of the code that is shown; nil: none is.
func (c code) read() []byte {
	picture, err := os.ReadFile(c.file)
	if err != nil {
		return nil // it was hidden meanwhile
	}
	return picture
}

// hide removes the file of a code that has served.
func (c code) hide() error {
	if err := os.Remove(c.file); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove the login code: %w", err)
	}
	return nil
}

// writeFile replaces a file so that after a crash there is the old one or the new one, whole, and only its
// owner can read it.
func writeFile(name string, content []byte) (err error) {
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, "."+filepath.Base(name)+"-*") // made with 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", filepath.Base(name), err)
		}
	}()
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// printable is foreign text that may be shown in a terminal: without control characters and short.
func printable(s string) string {
	s = strings.ToValidUTF8(s, "�")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	const most = 300
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
