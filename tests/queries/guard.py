"""A server that stands before Sail: it wants a token, may speak TLS, and can fall silent or die. No test itself."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

STREAMS = ("ExecutePlan", "ReattachExecute")


class Guard(grpc.GenericRpcHandler):
    """Passes calls on to a server, as bytes, and remembers their names."""

    def __init__(self, behind: str, token: str = "", certificate: tuple[bytes, bytes] | None = None) -> None:
        self.calls: list[str] = []
        self.silent = threading.Event()  # set: work that is asked for from now on never ends
        self._over = threading.Event()
        self._token = token
        self._behind = grpc.insecure_channel(behind)
        self._server = grpc.server(ThreadPoolExecutor(16), handlers=[self])
        if certificate:
            credentials = grpc.ssl_server_credentials([certificate])
            self.port = self._server.add_secure_port("localhost:0", credentials)
        else:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def service(self, handler_call_details):
        """How a call is answered."""
        method, metadata = handler_call_details.method, dict(handler_call_details.invocation_metadata)
        name = method.rpartition("/")[2]
        self.calls.append(name)
        is_known = not self._token or metadata.get("authorization") == f"Bearer {self._token}"
        if name in STREAMS:
            return grpc.unary_stream_rpc_method_handler(lambda body, call: self._stream(method, body, call, is_known))
        return grpc.unary_unary_rpc_method_handler(lambda body, call: self._forwarded(method, body, call, is_known))

    def die(self) -> None:
        """Ends at once, whatever goes on."""
        self._over.set()
        self._server.stop(None).wait()
        self._behind.close()

    def _forwarded(self, method, body, call, is_known):
        self._refuse_unless(is_known, call)
        try:
            return self._behind.unary_unary(method)(body)
        except grpc.RpcError as error:
            self._pass_on(error, call)

    def _stream(self, method, body, call, is_known):
        self._refuse_unless(is_known, call)
        if self.silent.is_set():
            self._over.wait()
            return
        try:
            yield from self._behind.unary_stream(method)(body)
        except grpc.RpcError as error:
            self._pass_on(error, call)

    def _refuse_unless(self, is_known, call):
        if not is_known:
            call.abort(grpc.StatusCode.UNAUTHENTICATED, "Invalid authentication token")

    def _pass_on(self, error, call):
        call.set_trailing_metadata(error.trailing_metadata() or ())
        call.abort(error.code(), error.details())


def certificate(folder: Path) -> tuple[Path, tuple[bytes, bytes]]:
    """The file of a certificate of localhost that signs itself, and its key with it as a server wants them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    body = signed.public_bytes(serialization.Encoding.PEM)
    file = folder / "localhost.pem"
    file.write_bytes(body)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return file, (secret, body)
