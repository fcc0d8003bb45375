package wechattest

import (
	"errors"
	"net/http"
	"net/http/httptest"
)

var errCutOff = errors.New("wechattest: the connection ended before the answer")

// offline does one exchange without a network. Whatever would end a connection is an error.
func (s *Server) offline(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer r.Body.Close()
	answer := httptest.NewRecorder()
	whole := make(chan bool, 1)
	go func() {
		done := false
		defer func() {
			if reason := recover(); reason != nil && reason != http.ErrAbortHandler { //nolint:errorlint // it is the value itself that is thrown
				panic(reason)
			}
			whole <- done
		}()
		s.ServeHTTP(answer, r)
		done = true
	}()
	select {
	case done := <-whole:
		if !done {
			return nil, errCutOff
		}
		return answer.Result(), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}
