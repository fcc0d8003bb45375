package playground

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/http"
	"path"
	"strings"
)

//go:embed web
var web embed.FS

// texts are all words of the page and of its errors, by language and key.
var texts = func() map[string]map[string]string {
	data, err := web.ReadFile("web/texts.json")
	var t map[string]map[string]string
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if err != nil {
		panic(err) // the file is compiled in
	}
	return t
}()

var frame = template.Must(template.ParseFS(web, "web/index.html"))

func text(lang, key string) string {
	if t, ok := texts[lang][key]; ok {
		return t
	}
	return key
}

// language is what a reader asks for: en or, without a wish, zh.
func language(r *http.Request) string {
	if lang := r.URL.Query().Get("lang"); texts[lang] != nil {
		return lang
	}
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(first)), "en") {
		return "en"
	}
	return "zh"
}

// frameData is what the template of the page is given.
type frameData struct {
	Lang, Bot, Console string
	ReadOnly           bool
}

// T is a text in the language of the page.
func (f frameData) T(key string) string {
	return strings.ReplaceAll(text(f.Lang, key), "{bot}", f.Bot)
}

func (p *Playground) page(w http.ResponseWriter, r *http.Request) {
	var out bytes.Buffer
	if err := frame.Execute(&out, frameData{language(r), p.opts.BotName, p.opts.Console, p.opts.ReadOnly}); err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Accept-Language")
	_, _ = w.Write(out.Bytes())
}

// static serves the files of the page; browsers ask each time whether they are still the same.
func static(w http.ResponseWriter, r *http.Request) {
	file := "web" + path.Clean("/"+strings.TrimPrefix(r.URL.Path, "/static"))
	data, err := web.ReadFile(file)
	if err != nil || file == "web/index.html" {
		http.NotFound(w, r)
		return
	}
	sum := sha256.Sum256(data)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, web, file)
}
