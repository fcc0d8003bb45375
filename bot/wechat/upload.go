package wechat

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot"
)

// largestPicture is what WeChat takes.
const largestPicture = 20 << 20

// sayPicture uploads a picture and posts it. While it is only uploaded, nobody has seen anything, so that may
// be tried again; but a picture that fails again and again is given up.
func (s *session) sayPicture(ctx context.Context, to string, o bot.Outgoing) (bot.Receipt, error) {
	if len(o.Picture) > largestPicture {
		return bot.Receipt{}, fmt.Errorf("%w: a picture of %d MB", bot.ErrRejected, len(o.Picture)>>20)
	}
	media, err := s.upload(ctx, to, o.Picture)
	if err != nil {
		return bot.Receipt{}, s.notUploaded(o.ID, err)
	}
	msg := openwechat.NewMediaSendMessage(openwechat.MsgTypeImage, s.me, to, media)
	var said openwechat.MessageResponse
	err = s.read(func() (*http.Response, error) {
		return s.client.Caller.Client.WebWxSendMsgImg(ctx, &openwechat.ClientWebWxSendMsgOptions{
			LoginInfo: s.info, BaseRequest: s.request, Message: msg,
		})
	}, &said)
	if err == nil {
		err = said.BaseResponse.Err()
	}
	if err != nil {
		return bot.Receipt{}, s.outcome(err)
	}
	return s.receipt(&openwechat.SentMessage{SendMessage: msg, MsgId: said.MsgID}), nil
}

// upload brings a picture to WeChat and gives the name by which it can be posted. The client would go by way
// of a temporary file, whose path it tells WeChat.
func (s *session) upload(ctx context.Context, to string, picture []byte) (string, error) {
	sum := md5.Sum(picture)
	resp, err := s.client.Caller.Client.WebWxUploadMediaByChunk(ctx, bytes.NewReader(picture), &openwechat.ClientWebWxUploadMediaByChunkOptions{
		FromUserName: s.me, ToUserName: to, BaseRequest: s.request, LoginInfo: s.info,
		Filename: "picture.png", FileMD5: hex.EncodeToString(sum[:]), FileSize: int64(len(picture)), LastModifiedDate: s.t.now(),
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var got openwechat.UploadResponse
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		return "", fmt.Errorf("webwxuploadmedia: %w", err)
	}
	if err := got.BaseResponse.Err(); err != nil {
		return "", err
	}
	if got.MediaId == "" {
		return "", errors.New("webwxuploadmedia: the answer names no picture")
	}
	return got.MediaId, nil
}

// uploadTries is how often one picture is uploaded.
const uploadTries = 5

// notUploaded is what a failed upload means: WeChat's own no is final, everything else may be tried again.
func (s *session) notUploaded(id int64, err error) error {
	var ret openwechat.Ret
	if errors.As(err, &ret) {
		return s.outcome(err)
	}
	if errors.Is(err, openwechat.ErrWebWxDataTicketNotFound) || s.t.uploadFailed(id) >= uploadTries {
		return fmt.Errorf("%w: the picture can't be uploaded: %s", bot.ErrRejected, says(err))
	}
	return fmt.Errorf("%w: upload: %s", bot.ErrDown, says(err))
}

// uploadFailed counts the failures of the picture that is being tried: only one is at a time.
func (t *Transport) uploadFailed(id int64) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.uploading != id {
		t.uploading, t.uploads = id, 0
	}
	t.uploads++
	return t.uploads
}
