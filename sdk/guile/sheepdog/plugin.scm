;; SPDX-License-Identifier: GPL-3.0-or-later
;; What makes a Sheepdog plugin in Guile two functions in one file.
;;
;;   #!/usr/bin/env -S guile --no-auto-compile
;;   !#
;;   (use-modules (sheepdog plugin))
;;
;;   (define (look setting)                       ; on the machine
;;     (let ((count (letters)))
;;       (reading "letters" count)
;;       (if (< count (setting 'warn)) (ok) (warning (format #f "~a wait" count)))))
;;
;;   (define (take message)                       ; on the server, each message of ours
;;     (log (string-append (field message "host") ": " (field message "text"))))
;;
;;   (plugin '((name "queue") (help "how many letters wait") (every "5m")
;;             (setting warn number (default "100") (help "letters")))
;;           #:monitor look
;;           #:receive take
;;           #:test (list (claim "a letter is too many"
;;                               (equal? (said look '((warn . 1))) …))))
;;
;; (setting 'warn) is a number or a text, a list of texts for the types texts and secrets,
;; #f where nothing is set: durations in seconds, sizes in bytes. What a plugin says is a line on
;; stdout; `said` gives it as a list instead. An error in a look is its state unknown.
(define-module (sheepdog plugin)
  #:use-module (ice-9 match)
  #:use-module (ice-9 rdelim)
  #:use-module (ice-9 textual-ports)
  #:use-module (srfi srfi-1)
  #:export (plugin ok warning fail unknown reading fact facts note mail field said
                   heard claim json->scheme)
  #:replace (log))

;; ---- JSON: objects are association lists by string, arrays vectors, null is 'null ----

(define (skip-blank port)
  (let ((next (peek-char port)))
    (when (and (char? next) (char-whitespace? next))
      (read-char port)
      (skip-blank port))))

(define (wrong port what)
  (error (format #f "JSON, column ~a: expected ~a" (port-column port) what)))

(define (expect port char)
  (skip-blank port)
  (unless (eqv? (read-char port) char) (wrong port char)))

(define (read-unit port)
  (or (string->number (get-string-n port 4) 16) (wrong port "four hexadecimal digits")))

;; Two units make one character beyond the first 65 536.
(define (read-unicode port)
  (let ((unit (read-unit port)))
    (cond ((<= #xD800 unit #xDBFF)
           (expect port #\\)
           (expect port #\u)
           (integer->char (+ #x10000 (* (- unit #xD800) 1024) (- (read-unit port) #xDC00))))
          (else (integer->char unit)))))

(define (read-escape port)
  (match (read-char port)
    (#\n #\newline) (#\t #\tab) (#\r #\return) (#\b #\backspace) (#\f #\page)
    (#\u (read-unicode port))
    (char char)))

(define (read-text port)
  (expect port #\")
  (let loop ((chars '()))
    (match (read-char port)
      ((? eof-object?) (wrong port "the end of a string"))
      (#\" (reverse-list->string chars))
      (#\\ (loop (cons (read-escape port) chars)))
      (char (loop (cons char chars))))))

(define (read-word port)
  (let loop ((chars '()))
    (let ((next (peek-char port)))
      (if (and (char? next) (or (char-alphabetic? next) (char-numeric? next)
                                (memv next '(#\- #\+ #\.))))
          (loop (cons (read-char port) chars))
          (match (reverse-list->string chars)
            ("true" #t) ("false" #f) ("null" 'null)
            (word (or (string->number word) (wrong port "a value"))))))))

;; What stands between an opening and a closing bracket, parted by commas.
(define (read-items port close read-item)
  (read-char port)
  (skip-blank port)
  (if (eqv? (peek-char port) close)
      (begin (read-char port) '())
      (let loop ((items (list (read-item port))))
        (skip-blank port)
        (match (read-char port)
          (#\, (loop (cons (read-item port) items)))
          ((? (lambda (char) (eqv? char close))) (reverse items))
          (_ (wrong port close))))))

(define (read-member port)
  (let ((name (read-text port)))
    (expect port #\:)
    (cons name (read-json port))))

(define (read-json port)
  (skip-blank port)
  (match (peek-char port)
    (#\{ (read-items port #\} read-member))
    (#\[ (list->vector (read-items port #\] read-json)))
    (#\" (read-text port))
    (_ (read-word port))))

(define (json->scheme text)
  (call-with-input-string text read-json))

;; The value of a field of a message, "" where there is none or null.
(define (field message name)
  (match (assoc-ref message name)
    ((or #f 'null) "")
    (value value)))

;; ---- what it says ----

(define keep (make-parameter #f)) ; what keeps a line instead of stdout

;; A string as Sheepdog reads it; other values as they are written here.
(define (show value)
  (match value
    ((? string?)
     (string-append
      "\""
      (string-concatenate
       (map (match-lambda
              (#\" "\\\"") (#\\ "\\\\") (#\newline "\\n") (#\tab "\\t")
              (char (if (char<? char #\space) " " (string char))))
            (string->list value)))
      "\""))
    ((? list?) (string-append "(" (string-join (map show value) " ") ")"))
    (#t "#t")
    (#f "#f")
    ('null "()")
    ((? symbol?) (symbol->string value))
    ((? number?) (number->string (if (integer? value) (inexact->exact value)
                                     (exact->inexact value))))))

(define (say line)
  (if (keep)
      ((keep) line)
      (begin
        (display (show line))
        (newline)
        (force-output))))

(define (named name value)
  (if value (list (list name value)) '()))

(define (say-state state)
  (lambda* (#:optional (text "") #:key part host)
    (say `(,state ,text ,@(named 'part part) ,@(named 'host host)))))

(define ok (say-state 'ok))
(define warning (say-state 'warning))
(define fail (say-state 'fail))
(define unknown (say-state 'unknown))

(define* (reading name value #:optional (unit "") #:key part host)
  (say `(reading ,name ,value ,unit ,@(named 'part part) ,@(named 'host host))))

;; One row, which takes the place of that of its key; all rows that are true now.
(define (fact relation . values) (say `(fact ,relation ,@values)))
(define (facts relation rows) (say `(facts ,relation ,@rows)))
(define (note text) (say `(note ,text)))
(define (log text) (say `(log ,text)))
(define* (mail text #:key subject to)
  (say `(mail ,text ,@(named 'subject subject) ,@(named 'to to))))

;; For tests: the lines, as lists, that a look says with these settings by symbol, or a
;; receiver of a message, an association list.
(define (lines-of act)
  (let ((lines '()))
    (parameterize ((keep (lambda (line) (set! lines (cons line lines)))))
      (act))
    (reverse lines)))

(define (said look settings)
  (lines-of (lambda () (run-look look (lambda (name) (assq-ref settings name))))))

(define (heard take message)
  (lines-of (lambda () (take message))))

;; A claim for the tests, and what shows it.
(define-syntax-rule (claim text test)
  (cons text (lambda () test)))

;; ---- its four ways ----

(define (settings-reader)
  (let* ((given (if (isatty? (current-input-port)) "" (get-string-all (current-input-port))))
         (settings (if (string-null? (string-trim given)) '() (json->scheme given))))
    (lambda (name)
      (match (assoc-ref settings (symbol->string name))
        ((? vector? values) (vector->list values))
        (value value)))))

(define (words-of key arguments)
  (call-with-output-string
    (lambda (port)
      (match arguments
        ((who (? string? text) (? list? values) . _)
         (apply format port (string-append text "") values))
        (_ (format port "~a ~s" key arguments))))))

(define (run-look look setting)
  (catch #t
    (lambda () (look setting))
    (lambda (key . arguments) (unknown (words-of key arguments)))))

(define (run-monitor look)
  (run-look look (settings-reader)))

(define (run-receive take)
  (let ((line (read-line)))
    (unless (eof-object? line)
      (catch #t
        (lambda () (take (json->scheme line)))
        (lambda (key . arguments) (log (words-of key arguments))))
      (run-receive take))))

(define (holds? test)
  (catch #t
    (cdr test)
    (lambda (key . arguments)
      (format #t "~a~%" (words-of key arguments))
      #f)))

(define (run-test tests)
  (let ((failed (remove (lambda (test)
                          (let ((holds (holds? test)))
                            (format #t "~a ~a~%" (if holds "ok" "not ok") (car test))
                            holds))
                        tests)))
    (exit (null? failed))))

(define (describe description monitor receive)
  (append '(plugin) description
          (if monitor '() '((monitor #f)))
          (if (and receive (not (assq 'receives description))) '((receives)) '())))

(define* (plugin description #:key monitor receive (test '()))
  (set-port-encoding! (current-output-port) "UTF-8")
  (set-port-encoding! (current-input-port) "UTF-8")
  (match (command-line)
    ((_ "describe") (say (describe description monitor receive)))
    ((_ "monitor") (run-monitor monitor))
    ((_ "receive") (run-receive receive))
    ((_ "test") (run-test test))
    ((file . _)
     (format (current-error-port) "usage: ~a describe|monitor|receive|test~%" file)
     (exit 2))))
