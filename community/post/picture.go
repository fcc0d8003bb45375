package post

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // pictures may be JPEG
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The bounds of a picture.
const (
	pictureBytes = 5 << 20
	pictureSide  = 4096
)

// picture reads the file that a manager names and keeps it as PNG, so that what was agreed to is what is sent.
func (f *feature) picture(ctx context.Context, r *bot.Request, name string) (digest string, err error) {
	shown := community.Excerpt(name, 40)
	if f.cfg.PicturesDir == "" {
		return "", r.Refuse("picture.none")
	}
	if name != filepath.Base(name) || strings.HasPrefix(name, ".") || strings.ContainsAny(name, `/\:`) {
		return "", r.Refuse("picture.name", "Name", shown)
	}
	data, wrong := readPNG(f.cfg.PicturesDir, name)
	if wrong != "" {
		return "", r.Refuse("picture."+wrong, "Name", shown, "MB", pictureBytes>>20, "Side", pictureSide)
	}
	sum := sha256.Sum256(data)
	digest = hex.EncodeToString(sum[:])
	_, err = f.db.Exec(ctx, `INSERT INTO post_pictures (digest, png) VALUES (?, ?) ON CONFLICT DO NOTHING`, digest, data)
	return digest, err
}

// readPNG reads a picture of a folder as PNG; wrong is the key of a text. What leads out of the folder is not there.
func readPNG(dir, name string) (data []byte, wrong string) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, "missing"
	}
	defer func() { _ = root.Close() }() // it was only read
	file, err := root.Open(name)
	if err != nil {
		return nil, "missing"
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, "missing"
	}
	data, err = io.ReadAll(io.LimitReader(file, pictureBytes+1))
	switch {
	case err != nil:
		return nil, "missing"
	case len(data) > pictureBytes:
		return nil, "large"
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "broken"
	}
	if size.Width > pictureSide || size.Height > pictureSide {
		return nil, "large"
	}
	decoded, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "broken"
	}
	if format == "png" {
		return data, ""
	}
	var out bytes.Buffer
	if err := png.Encode(&out, decoded); err != nil {
		return nil, "broken"
	}
	return out.Bytes(), ""
}

// png is a picture as it was kept.
func (f *feature) png(ctx context.Context, digest string) (data []byte, err error) {
	if digest == "" {
		return nil, nil
	}
	if err := f.db.Row(ctx, `SELECT png FROM post_pictures WHERE digest = ?`, digest).Scan(&data); err != nil {
		return nil, fmt.Errorf("picture of a post: %w", err)
	}
	return data, nil
}
