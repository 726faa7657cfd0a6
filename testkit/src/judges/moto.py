"""moto's server on a port of the kernel's choice, for as long as standard input is open.

The same application that `moto_server` runs. Prints the port as its only line. It ends with whoever started it: when
that process dies, however it dies, standard input closes.
"""

import os
import sys
import threading


def main():
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    # Some services put their own address into answers.
    os.environ["MOTO_PORT"] = str(server.port)

    def end_with_parent():
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
