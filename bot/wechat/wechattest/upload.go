package wechattest

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
)

// upload is a file on its way in, in chunks.
type upload struct {
	session *session
	id      string
	name    string
	md5     string
	size    int
	chunks  map[int][]byte
	total   int
	data    []byte
}

func (u *upload) complete() bool { return len(u.chunks) == u.total && u.data != nil }

func (u *upload) bytes() []byte { return slices.Clone(u.data) }

type uploadAnswer struct {
	BaseResponse  baseResponse
	MediaId       string
	StartPos      int
	AESKey        string `json:",omitempty"`
	Signature     string `json:",omitempty"`
	EncryFileName string `json:",omitempty"`
}

// checkUpload is asked before large files; it knows the file already or hands out what the upload needs.
func (s *Server) checkUpload(c *call) answer {
	var ask struct {
		FileMd5, FileName string
		FileSize          int
	}
	if json.Unmarshal(c.body, &ask) != nil || ask.FileMd5 == "" {
		return c.refuse(retParam)
	}
	for _, u := range s.uploads {
		if u.md5 == ask.FileMd5 && u.size == ask.FileSize && u.session == c.session && u.complete() {
			return reply(uploadAnswer{MediaId: u.id, EncryFileName: ask.FileName, Signature: c.session.hash("signature " + u.md5)})
		}
	}
	return reply(uploadAnswer{AESKey: c.session.hash("aes " + ask.FileMd5)[:32], Signature: c.session.hash("signature " + ask.FileMd5)})
}

// uploadMedia takes one chunk. The last one gets the id that a message names.
func (s *Server) uploadMedia(c *call) answer {
	form, data := readForm(c.r, c.body)
	var ask struct {
		BaseRequest                       *baseRequest
		TotalLen                          int
		ToUserName, FromUserName, FileMd5 string
	}
	bad := json.Unmarshal([]byte(form["uploadmediarequest"]), &ask) != nil
	s.mu.Lock()
	defer s.mu.Unlock()
	c.base = ask.BaseRequest
	switch c.ret = s.auth(c); {
	case c.ret != 0:
	case bad, form["webwx_data_ticket"] != c.session.cookies["webwx_data_ticket"], form["size"] != strconv.Itoa(ask.TotalLen),
		c.session.who(ask.ToUserName) == nil:
		c.ret = retParam
	}
	if c.ret != 0 {
		return reply(uploadAnswer{BaseResponse: baseResponse{Ret: c.ret}})
	}
	total, chunk := 1, 0
	if form["chunks"] != "" {
		total, _ = strconv.Atoi(form["chunks"])
		chunk, _ = strconv.Atoi(form["chunk"])
	}
	id := "@crypt_" + c.session.hash("upload "+ask.FileMd5+form["size"])
	u := s.uploads[id]
	if u == nil {
		u = &upload{session: c.session, id: id, name: form["name"], md5: ask.FileMd5, size: ask.TotalLen, total: total, chunks: map[int][]byte{}}
		s.uploads[id] = u
	}
	u.chunks[chunk] = data
	if len(u.chunks) < u.total {
		return reply(uploadAnswer{StartPos: len(data)})
	}
	var whole []byte
	for i := range u.total {
		whole = append(whole, u.chunks[i]...)
	}
	sum := md5.Sum(whole)
	if len(whole) != u.size || hex.EncodeToString(sum[:]) != u.md5 {
		delete(s.uploads, id)
		c.ret = retParam
		return reply(uploadAnswer{BaseResponse: baseResponse{Ret: c.ret}})
	}
	u.data = append([]byte{}, whole...)
	return reply(uploadAnswer{MediaId: id, StartPos: u.size})
}

// readForm reads a multipart body: its fields, and the bytes of its file.
func readForm(r *http.Request, body []byte) (fields map[string]string, file []byte) {
	fields = map[string]string{}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return fields, nil
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			return fields, file
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return fields, file
		}
		if part.FileName() != "" {
			file = data
		} else {
			fields[part.FormName()] = string(data)
		}
	}
}

// getMedia is the picture, sound or file of a message.
func (s *Server) getMedia(c *call) answer {
	if c.name == "webwxgetmedia" {
		s.mu.Lock()
		defer s.mu.Unlock()
		if c.ret = s.auth(c); c.ret != 0 {
			return onlyRet(c.ret)
		}
	}
	q := c.r.URL.Query()
	a := answer{http.StatusOK, http.Header{"Content-Type": {"application/octet-stream"}}, nil}
	if id := q.Get("mediaid"); id != "" {
		for _, m := range s.messages {
			if m.media != nil && id == "@crypt_"+c.session.hash("media "+strconv.FormatInt(c.session.msgID(m.id), 10)) {
				a.body = m.media
			}
		}
		return a
	}
	id := q.Get("MsgID")
	if id == "" {
		id = q.Get("msgid")
	}
	if m := c.session.message(id); m != nil {
		a.body = m.media
	}
	return a
}
